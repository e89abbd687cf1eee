// Qt 5: QProcess. It does not close the other descriptors.

#include "peers/peer.hpp"

#include <QCoreApplication>
#include <QEventLoop>
#include <QProcess>

#include <stdexcept>
#include <string>

namespace bench {

namespace {

// QProcess wants an application, and in each thread an event loop that its notifiers can join.
void prepare_thread() {
  static int argc = 1;
  static char name[] = "qt";
  static char* argv[] = {name, nullptr};
  static const QCoreApplication application(argc, argv);
  thread_local const QEventLoop loop;
}

void finish(QProcess& child) {
  if (!child.waitForFinished(-1)) {
    throw std::runtime_error(child.errorString().toStdString());
  }
  require_success(child.exitCode());
}

void launch(const std::string& program) {
  prepare_thread();
  QProcess child;
  child.setProcessChannelMode(QProcess::ForwardedChannels);
  child.setInputChannelMode(QProcess::ForwardedInputChannel);
  child.start(QString::fromStdString(program), QStringList());
  finish(child);
}

QByteArray run_to_bytes(const QString& program, const QStringList& arguments) {
  prepare_thread();
  QProcess child;
  child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
  child.setInputChannelMode(QProcess::ForwardedInputChannel);
  child.start(program, arguments);
  finish(child);
  return child.readAllStandardOutput();
}

std::string echo() {
  return run_to_bytes("/bin/echo", {"hi"}).toStdString();
}

std::size_t capture(const Flood& flood) {
  const auto output = run_to_bytes(QString::fromStdString(flood.program),
                                   {QString::number(static_cast<qulonglong>(flood.bytes))});
  return static_cast<std::size_t>(output.size());
}

std::size_t cat(std::string_view input) {
  prepare_thread();
  QProcess child;
  child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
  child.start("/bin/cat", QStringList());
  child.write(input.data(), static_cast<qint64>(input.size()));
  child.closeWriteChannel();
  finish(child);
  return static_cast<std::size_t>(child.readAllStandardOutput().size());
}

const Announce announce{
    {.name = "qt", .launch = launch, .echo = echo, .capture = capture, .cat = cat}};

}  // namespace

}  // namespace bench
