// Reading pickles: the recorded bytes are what CPython 3.11 writes.

#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <string>

namespace progeny::pickle {

namespace {

using namespace std::string_literals;

TEST(PickleLoads, ReadsProtocolZero) {
  // pickle.dumps({'a': [1, 2.5, None, True, 'h\xe9', 10**20]}, 0)
  const std::string text =
      "(dp0\nVa\np1\n(lp2\nI1\naF2.5\naNaI01\naVh\xE9\np3\naL100000000000000000000L\nas.";
  const Value value = loads(text);
  EXPECT_EQ(value.repr(), "{'a': [1, 2.5, None, True, 'h\xC3\xA9', 100000000000000000000]}");
  EXPECT_EQ(loads("S'a\\x41\\n'\n."), Value("aA\n"));
  EXPECT_EQ(loads("V\\u20ac\n."), Value("\xE2\x82\xAC"));
}

TEST(PickleLoads, KeepsIdentity) {
  // s = []; pickle.dumps([s, s], 4)
  const Value value = loads("\x80\x04\x5d\x94\x28\x5d\x94\x68\x01\x65."s);
  ASSERT_EQ(value.size(), 2U);
  EXPECT_TRUE(value.at_index(0).is(value.at_index(1)));
}

TEST(PickleLoads, KeepsCyclesAndFreesThem) {
  // a = [1]; a.append(a); pickle.dumps(a, 4)
  const std::string text = "\x80\x04\x5d\x94\x28\x4b\x01\x68\x00\x65."s;
  {
    const Value value = loads(text);
    ASSERT_EQ(value.size(), 2U);
    EXPECT_TRUE(value.at_index(1).is(value));
    EXPECT_EQ(value.repr(), "[1, [...]]");
    const Value again = loads(dumps(value));
    EXPECT_TRUE(again.at_index(1).at_index(1).is(again));
  }
  // What closes the cycle does not own it: the outer list is gone, and seen as empty.
  // b = []; a = [b]; b.append(a); the inner list alone stays.
  Value inner;
  {
    const Value outer = loads("\x80\x04\x5d\x94\x5d\x94\x68\x00\x61\x61."s);
    inner = outer.at_index(0);
    EXPECT_EQ(inner.at_index(0).size(), 1U);
  }
  EXPECT_EQ(inner.at_index(0).size(), 0U);
}

TEST(PickleLoads, TuplesThatContainThemselves) {
  // t = ([],); t[0].append(t); pickle.dumps(t, 4)
  const Value value = loads("\x80\x04\x5d\x94\x68\x00\x85\x94\x61\x30\x68\x01."s);
  ASSERT_EQ(value.kind(), Kind::tuple);
  EXPECT_TRUE(value.at_index(0).at_index(0).is(value));
  const Value again = loads(dumps(value));
  EXPECT_TRUE(again.at_index(0).at_index(0).is(again));
}

TEST(PickleLoads, ObjectsAreRecipesThatGoBackAsTheyCame) {
  // class C: pass; c = C(); c.x = 1, of a module m.
  const std::string text =
      "\x80\x04\x8c\x01m\x94\x8c\x01"
      "C\x94\x93\x94\x29\x81\x94\x7d\x94\x8c\x01x\x94\x4b\x01\x73\x62."s;
  const Value value = loads(text);
  ASSERT_EQ(value.kind(), Kind::object);
  EXPECT_EQ(value.as_object().callable.as_global(), (Global{"m", "C"}));
  EXPECT_EQ(value.as_object().states.at(0).at("x"), Value(1));
  EXPECT_EQ(loads(dumps(value)), value);
}

TEST(PickleLoads, NamesOfPython2AreThoseOfPython3) {
  EXPECT_EQ(loads("\x80\x02"
                  "c__builtin__\nunicode\n."s)
                .as_global(),
            (Global{"builtins", "str"}));
  EXPECT_EQ(loads("\x80\x02"
                  "cQueue\nEmpty\n."s)
                .as_global(),
            (Global{"queue", "Empty"}));
  EXPECT_EQ(loads("\x80\x04"
                  "c__builtin__\nunicode\n."s)
                .as_global(),
            (Global{"__builtin__", "unicode"}));
}

TEST(PickleLoads, CallsThatOnlyMakePlainValues) {
  EXPECT_EQ(loads("\x80\x02"
                  "c_codecs\nencode\nX\x03\x00\x00\x00"
                  "a\xC3\xBFX\x06\x00\x00\x00latin1\x86R."s),
            Value::bytes("a\xFF"));
  EXPECT_EQ(loads("\x80\x04\x8c\x08"
                  "builtins\x8c\x09"
                  "bytearray\x93"
                  "C\x02"
                  "ab\x85R."s)
                .kind(),
            Kind::bytearray);
  EXPECT_EQ(loads("\x80\x02"
                  "c__builtin__\nset\n]K\x01"
                  "a\x85R."s),
            Value::set({1}));
}

TEST(PickleLoads, LimitsHold) {
  const std::string many = dumps(Value::list(std::vector<Value>(1'000, Value("word"))));
  EXPECT_THROW(static_cast<void>(loads(many, {.size = 100})), UnpicklingError);
  EXPECT_THROW(static_cast<void>(loads(many, {.memory = 1'000})), UnpicklingError);
  EXPECT_NO_THROW(static_cast<void>(loads(many, {.memory = 1'000'000})));
  Value deep;
  for (int i = 0; i < 20; ++i) {
    deep = Value::tuple({deep});
  }
  EXPECT_THROW(static_cast<void>(loads(dumps(deep), {.depth = 10})), UnpicklingError);
  EXPECT_NO_THROW(static_cast<void>(loads(dumps(deep), {.depth = 30})));
  const GlobalFilter none = [](std::string_view, std::string_view) { return false; };
  EXPECT_THROW(
      static_cast<void>(loads("\x80\x04\x8c\x02os\x8c\x06system\x93."s, {.allowed = none})),
      UnpicklingError);
}

TEST(PickleLoads, ManyLevelsNeedNoDeepStack) {
  const std::string text = "\x80\x04" + std::string(200'000, ']') + std::string(199'999, 'a') + ".";
  const Value value = loads(text);
  EXPECT_EQ(value.size(), 1U);
  EXPECT_EQ(dumps(value).size(), text.size());
}

}  // namespace

}  // namespace progeny::pickle
