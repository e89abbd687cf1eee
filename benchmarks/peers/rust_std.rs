//! A worker in Rust, with nothing but its standard library: the protocol of worker_main.cpp over
//! descriptor 3.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::FromRawFd;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn Error>>;
type Operation = Box<dyn Fn() -> Outcome + Send + Sync>;

const PAGE_SIZE: usize = 4096;
const BLOCK_SIZE: usize = 256 * 1024;

fn require_success(status: ExitStatus) -> Outcome {
    if status.success() {
        Ok(())
    } else {
        Err(format!("the child ended with {status}").into())
    }
}

fn require_equal<T: PartialEq>(got: T, expected: T) -> Outcome {
    if got == expected {
        Ok(())
    } else {
        Err("bytes were lost".into())
    }
}

fn launch(program: &str) -> Outcome {
    require_success(Command::new(program).status()?)
}

fn echo() -> Outcome {
    let mut command = Command::new("/bin/echo");
    let output = command.arg("hi").stdin(Stdio::inherit()).stderr(Stdio::inherit()).output()?;
    require_success(output.status)?;
    require_equal(output.stdout.as_slice(), b"hi\n")
}

fn capture(program: &str, size: &str) -> Outcome {
    let mut command = Command::new(program);
    let output = command.arg(size).stdin(Stdio::inherit()).stderr(Stdio::inherit()).output()?;
    require_success(output.status)?;
    require_equal(output.stdout.len(), size.parse()?)
}

fn stream(program: &str, size: &str) -> Outcome {
    let mut child = Command::new(program).arg(size).stdout(Stdio::piped()).spawn()?;
    let mut source = child.stdout.take().ok_or("no pipe")?;
    let mut block = vec![0; BLOCK_SIZE];
    let mut seen = 0;
    loop {
        let count = source.read(&mut block)?;
        if count == 0 {
            break;
        }
        seen += count;
    }
    require_success(child.wait()?)?;
    require_equal(seen, size.parse()?)
}

fn cat(input: &[u8]) -> Outcome {
    let mut command = Command::new("/bin/cat");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut to_child = child.stdin.take().ok_or("no pipe")?;
    let output = thread::scope(|scope| {
        scope.spawn(move || to_child.write_all(input));
        child.wait_with_output()
    })?;
    require_success(output.status)?;
    require_equal(output.stdout.len(), input.len())
}

fn make_operation(task: &str, arguments: &[&str]) -> Result<Operation, Box<dyn Error>> {
    let own: Vec<String> = arguments.iter().map(|argument| argument.to_string()).collect();
    Ok(match task {
        "launch" => Box::new(move || launch(&own[0])),
        "echo" => Box::new(echo),
        "capture" => Box::new(move || capture(&own[0], &own[1])),
        "stream" => Box::new(move || stream(&own[0], &own[1])),
        "cat" => {
            let input = vec![b'x'; own[0].parse()?];
            Box::new(move || cat(&input))
        }
        _ => return Err("no such task".into()),
    })
}

fn repeat(operation: &Operation, budget: Duration) -> Result<Vec<u128>, String> {
    let mut took = Vec::new();
    let start = Instant::now();
    let mut before = start;
    loop {
        operation().map_err(|error| error.to_string())?;
        let after = Instant::now();
        took.push((after - before).as_nanos());
        before = after;
        if before - start >= budget {
            return Ok(took);
        }
    }
}

// The main thread is one of the launching threads, as in worker_main.cpp.
fn repeat_in_threads(
    operation: &Operation,
    budget: Duration,
    threads: usize,
) -> Result<Vec<u128>, String> {
    thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).map(|_| scope.spawn(|| repeat(operation, budget))).collect();
        let mut all = repeat(operation, budget)?;
        for other in others {
            all.extend(other.join().map_err(|_| "a thread panicked")??);
        }
        Ok(all)
    })
}

fn answer(line: &str, held: &mut Vec<Vec<u8>>) -> Result<String, Box<dyn Error>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if words[0] == "hold" {
        let mut block = vec![0; words[1].parse()?];
        block.iter_mut().step_by(PAGE_SIZE).for_each(|byte| *byte = 1);
        held.push(black_box(block));
        return Ok("ok".into());
    }
    let operation = make_operation(words[2], &words[5..])?;
    let budget = Duration::from_nanos(words[4].parse()?);
    let took = repeat_in_threads(&operation, budget, words[3].parse()?)?;
    Ok(took.iter().map(u128::to_string).collect::<Vec<_>>().join(" "))
}

fn main() -> Outcome {
    // A clone of a File is close-on-exec, which what the driver left here is not.
    let given = unsafe { File::from_raw_fd(3) };
    let mut to_driver = given.try_clone()?;
    let from_driver = BufReader::new(given.try_clone()?);
    drop(given);
    writeln!(to_driver, "rust-std:launch rust-std:echo rust-std:capture rust-std:stream rust-std:cat")?;
    let mut held = Vec::new();
    for line in from_driver.lines() {
        let reply = answer(&line?, &mut held).unwrap_or_else(|error| format!("failed: {error}"));
        writeln!(to_driver, "{reply}")?;
    }
    Ok(())
}
