// SPDX-License-Identifier: GPL-3.0-or-later
// The small parts: sentences, times, the queue between threads, the helper's status lines.
#include "app/cli/bounded_queue.h"
#include "app/cli/clock.h"
#include "app/cli/drop_count.h"
#include "app/cli/failure.h"
#include "app/cli/message_line.h"
#include "tests/cli/conversation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace dorascope::cli {
namespace {

using namespace std::chrono_literals;

TEST(Failure, IsOneSentenceOnOneLine)
{
    EXPECT_EQ((Failure{"Interface eth9 does not exist.", "Choose one of: eth0."}.sentence()),
              "interface eth9 does not exist; choose one of: eth0.");
    EXPECT_EQ((Failure{"Interface eth0 is down.", "Run: sudo ip link set dev eth0 up"}.sentence()),
              "interface eth0 is down; run: sudo ip link set dev eth0 up")
        << "a command is copied as it stands";
    EXPECT_EQ((Failure{"DHCP is off", "/etc/x:\nline 2"}.sentence()), "DHCP is off; /etc/x: line 2");
    EXPECT_EQ((Failure{"Cannot read x.", "DoraScope reads pcap."}.sentence()), "cannot read x; DoraScope reads pcap.");
    EXPECT_EQ((Failure{"The end.", ""}.sentence()), "the end");
}

TEST(Clock, LeaseTimesReadAsPeopleSayThem)
{
    EXPECT_EQ(lease_time(3600), "1 h");
    EXPECT_EQ(lease_time(9000), "2 h 30 min");
    EXPECT_EQ(lease_time(90061), "1 d 1 h 1 min 1 s");
    EXPECT_EQ(lease_time(0), "0 s");
    EXPECT_EQ(lease_time(kInfiniteSeconds), "infinite");
}

TEST(Clock, TimesBeforeTheEpochAndFarAwayDoNotBreakTheLine)
{
    EXPECT_THAT(time_of_day(Instant{-1ns}), testing::EndsWith("59.999999"));
    EXPECT_FALSE(date_and_time(Instant::max()).empty());
    EXPECT_FALSE(date_and_time(Instant::min()).empty());
}

TEST(BoundedQueue, DropsTheNewestAndCountsThem)
{
    BoundedQueue<int> queue{2};
    for (int i = 0; i < 5; ++i)
        queue.push(i);
    EXPECT_EQ(queue.take(0ms), (std::deque{0, 1}));
    EXPECT_EQ(queue.dropped(), 3U);
}

TEST(BoundedQueue, GivesWhatIsLeftAfterItsClose)
{
    BoundedQueue<int> queue{8};
    queue.push(1);
    queue.close();
    EXPECT_FALSE(queue.closed()) << "something is left to take";
    EXPECT_EQ(queue.take(1h).size(), 1U) << "does not wait";
    EXPECT_TRUE(queue.closed());
    EXPECT_TRUE(queue.take(1h).empty());
}

TEST(BoundedQueue, WakesWhoWaits)
{
    BoundedQueue<int> queue{8};
    std::thread other{[&] { queue.push(7); }};
    EXPECT_EQ(queue.take(1h), std::deque{7});
    other.join();
}

TEST(DropCount, ReadsTheHelpersLinesAlsoInPieces)
{
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    DropCount drops{ends[0]};
    drops.poll();
    EXPECT_EQ(drops.dropped(), 0U) << "nothing there, and no waiting for it";
    const auto say = [&](std::string_view text) {
        ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    };
    say("drops 12\ndro");
    drops.poll();
    EXPECT_EQ(drops.dropped(), 12U);
    say("ps 40\nerror the interface is gone\n");
    drops.poll();
    EXPECT_EQ(drops.dropped(), 40U);
    EXPECT_EQ(drops.error(), "the interface is gone");
    ::close(ends[1]);
    drops.poll();
    ::close(ends[0]);
}

TEST(TypeLabel, HasItsLetterWithAndWithoutColour)
{
    EXPECT_EQ(type_label(MessageType::discover, false), " D  DISCOVER");
    EXPECT_THAT(type_label(MessageType::discover, true),
                testing::AllOf(testing::HasSubstr(" D "), testing::EndsWith("DISCOVER"), testing::StartsWith("\x1b[")));
    EXPECT_EQ(type_label(static_cast<MessageType>(200), false).substr(0, 3), " ? ");
}

std::string line_of(const test::RawMessage& message)
{
    const auto lan = test::Conversation{}.request(test::at_ms(0), message);
    const auto packet = decode::decode(lan[0]);
    return message_line(std::get<decode::DhcpPacket>(packet), {}, false);
}

/// A client can call itself what it wants: nothing of it commands the terminal.
TEST(MessageLine, HostileNamesStayText)
{
    const auto line =
        line_of(test::RawMessage{}.type(MessageType::discover).option(12, test::text("\x1b[2J\x07\nevil\x9b")).end());
    for (const char c : line)
        EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == '\x7f') << line;
    EXPECT_THAT(line, testing::HasSubstr("evil"));
}

TEST(MessageLine, FourKindsOfRequest)
{
    const auto request = [] { return test::RawMessage{}.type(MessageType::request); };
    EXPECT_THAT(line_of(request().option(50, {10, 0, 0, 5}).option(54, {10, 0, 0, 1}).end()),
                testing::HasSubstr("takes 10.0.0.5 from 10.0.0.1"));
    EXPECT_THAT(line_of(request().option(50, {10, 0, 0, 5}).end()), testing::HasSubstr("wants 10.0.0.5 again"));
    EXPECT_THAT(line_of(request().word(12, 0x0a000005).end()), testing::HasSubstr("rebinds 10.0.0.5"));
}

TEST(MessageLine, WhatCannotBeParsedSaysWhere)
{
    EXPECT_THAT(line_of(test::RawMessage{}.type(MessageType::discover).raw({12, 99})),
                testing::AllOf(testing::HasSubstr("cannot be read"), testing::HasSubstr("option 12")));
}

} // namespace
} // namespace dorascope::cli
