// SPDX-License-Identifier: GPL-3.0-or-later
// Files that were never meant as a configuration: depth, wrong types, folders, devices, pipes.
#include "tests/host/config_errors.h"
#include "tests/support/child_process.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dorascope::test {
namespace {

using host::parse_config;

std::string repeated(std::string_view text, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

// Each part of a dotted key is a table within the one before: a long one would overflow the stack of whoever reads it.
TEST(ConfigFile, ALongDottedKeyIsAnErrorWithItsLineAndNotTheEndOfTheProgram)
{
    const Texts refused{"f:2: is nested more than 32 deep (is it a configuration?)"};
    for (const std::string& key : {repeated("a.", 50'000) + "a", repeated("a . ", 50'000) + "a", repeated("'a'.", 50'000) + "a",
                                   repeated("\"\\\".\".", 50'000) + "a"}) {
        EXPECT_EQ(errors_of("# a.b.c\n" + key + " = 1\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\n[" + key + "]\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\n[[" + key + "]]\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\nx = { " + key + " = 1 }\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\nx = [ \"\"\"text\"\"\"\"\", { " + key + " = 1 } ]\n"), refused)
            << "behind quotes that end with more";
        EXPECT_EQ(errors_of("\nx = [ '''text''''', { " + key + " = 1 } ]\n"), refused) << "behind quotes that end with more";
    }
}

TEST(ConfigFile, NestingOfEveryKindCountsTogether)
{
    const std::string deep = repeated("{a.a.a.a = [", 100'000);
    EXPECT_EQ(errors_of("\nx = " + deep), (Texts{"f:2: is nested more than 32 deep (is it a configuration?)"}));
    EXPECT_EQ(errors_of(repeated("x = [\n", 40)).size(), 1U);
}

TEST(ConfigFile, DotsInTextAndCommentsAreNoNesting)
{
    const std::string dots(1000, '.');
    const auto parsed =
        parse_config("# " + dots + "\ndomain = \"lab.example\" # " + dots + "\nboot_file = '" + std::string(100, '.')
                     + "'\n[[subnet]]\nprefix = \"10.0.0.0/24\"\npool = \"10.0.0.10-10.0.0.20\"\n");
    EXPECT_TRUE(parsed) << host::to_string("f", parsed.error()[0]);
    const auto errors = errors_of("x = [" + repeated("1.5,", 1000) + "]");
    ASSERT_EQ(errors.size(), 2U) << "there is no subnet either";
    EXPECT_TRUE(errors[1].starts_with("f:1: x: is not a key of this table")) << errors[1];
}

TEST(ConfigFile, WrongTypesAreErrorsEverywhere)
{
    for (const char* text :
         {"subnet = 3", "subnet = [1, 2]", "[subnet]\nprefix = 3", "[[subnet]]\nreservation = \"x\"",
          "[[subnet]]\noption = [[1]]", "[[subnet]]\npool = [[\"192.168.1.1\"]]", "[[subnet]]\ndns = 1979-05-27",
          "authoritative = 1", "max_offers = 1e3", "[[subnet]]\nlease_time = -1", "[[subnet]]\nlease_time = 4294967296",
          "offer_hold = nan", "offer_hold = inf", "offer_hold = -1"}) {
        const auto parsed = parse_config(text);
        EXPECT_FALSE(parsed) << text;
    }
}

TEST(ConfigFile, AFileThatCannotBeReadSaysWhy)
{
    const auto missing = host::load_config("/nonexistent/dorascope.toml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(host::to_string("/nonexistent/dorascope.toml", missing.error()[0]),
              "/nonexistent/dorascope.toml: cannot be read: No such file or directory (is the name right?)");
    EXPECT_FALSE(host::load_config("/tmp")) << "a folder";
    EXPECT_FALSE(host::load_config("/dev/zero")) << "endless";
}

// The server reads what `ctl reload` names: an open() that waits for a writer would stop every order, and its own end.
TEST(ConfigFile, AFifoIsRefusedAtOnce)
{
    const TemporaryFolder folder;
    const auto fifo = folder / "dorascope.toml";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const auto read = host::load_config(fifo);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error()[0].problem, "is not an ordinary file");
    const auto folder_itself = host::load_config(folder / ".");
    ASSERT_FALSE(folder_itself);
    EXPECT_EQ(folder_itself.error()[0].problem, "is not an ordinary file");
}

} // namespace
} // namespace dorascope::test
