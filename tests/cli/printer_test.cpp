// SPDX-License-Identifier: GPL-3.0-or-later
// What is said into a pipe that nobody reads keeps nobody waiting.
#include "app/cli/printer.h"
#include "tests/support/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

using cli::Printer;
using testing::HasSubstr;
using testing::Not;

class Printing : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(::pipe2(pipe_, O_CLOEXEC), 0); }
    void TearDown() override
    {
        for (const int fd : pipe_)
            if (fd >= 0) ::close(fd);
    }
    /// Until no more can be written; how much that is.
    std::size_t fill() const
    {
        ::fcntl(pipe_[1], F_SETFL, O_NONBLOCK);
        std::size_t octets = 0;
        while (::write(pipe_[1], ".", 1) == 1)
            ++octets;
        ::fcntl(pipe_[1], F_SETFL, 0);
        return octets;
    }
    std::string read_until(const std::string& part) const
    {
        std::string text;
        char some[4096];
        while (text.find(part) == std::string::npos) {
            const auto length = ::read(pipe_[0], some, sizeof some);
            if (length <= 0) break;
            text.append(some, static_cast<std::size_t>(length));
        }
        return text;
    }
    int pipe_[2] = {-1, -1};
};

TEST_F(Printing, KeepsTheOrderInWhichThingsWereSaid)
{
    {
        Printer printer{pipe_[1], pipe_[1], {}};
        printer.notice("first");
        printer.decided(std::vector<Decision>(1));
        printer.line("last");
    }
    const auto lines = lines_of(read_until("last\n"));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0], "first");
    EXPECT_EQ(lines[2], "last");
}

TEST_F(Printing, WithoutAReaderKeepsNobodyWaitingAndEnds)
{
    fill();
    Printer printer{pipe_[1], pipe_[1], {10, 5}};
    for (int i = 0; i < 100; ++i) {
        printer.notice("nobody reads this");
        printer.decided(std::vector<Decision>(1));
        printer.line("nor this");
    }
    EXPECT_GE(printer.lost_decisions(),
              80U); // ten in the queue, and what was taken out of it before the pipe was known to be full
    printer.finish();
}

TEST_F(Printing, SaysHowManyNoticesWereLostWhenItIsReadAgain)
{
    fill();
    Printer printer{pipe_[1], pipe_[1], {10, 5}};
    for (int i = 0; i < 100; ++i)
        printer.notice("a notice");
    EXPECT_THAT(read_until("were lost"), HasSubstr("a notice\n"));
    printer.notice("another");
    EXPECT_THAT(read_until("another\n"), Not(HasSubstr("were lost"))) << "that was said once";
}

TEST_F(Printing, NoticesHaveRoomWhereDecisionsHaveNoneLeft)
{
    fill();
    Printer printer{pipe_[1], pipe_[1], {10, 5}};
    printer.decided(std::vector<Decision>(1000));
    printer.notice("the disk is full");
    EXPECT_THAT(read_until("the disk is full\n"), HasSubstr("the disk is full"));
    printer.finish();
}

} // namespace
} // namespace dorascope::test
