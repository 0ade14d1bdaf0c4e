// SPDX-License-Identifier: GPL-3.0-or-later
// Times and vendors in words.
#include "tests/models/watched_lan.h"
#include "ui/models/name_ranks.h"
#include "ui/models/time_text.h"
#include "ui/models/vendors.h"

#include <gtest/gtest.h>

#include <QFile>

#include <algorithm>

namespace dorascope::models::test {
namespace {

TEST(DurationText, KeepsWhatMatters)
{
    EXPECT_EQ(durationText(0ns), "0.0 ms");
    EXPECT_EQ(durationText(40us), "0.04 ms");
    EXPECT_EQ(durationText(400us), "0.4 ms");
    EXPECT_EQ(durationText(1'940us), "1.9 ms");
    EXPECT_EQ(durationText(340ms), "340 ms");
    EXPECT_EQ(durationText(4s), "4.0 s");
    EXPECT_EQ(durationText(125s), "2 min 5 s");
    EXPECT_EQ(durationText(3h + 20min + 5s), "3 h 20 min");
    EXPECT_EQ(durationText(-4s), "−4.0 s");
    EXPECT_FALSE(durationText(Duration::min()).isEmpty());
    EXPECT_FALSE(durationText(Duration::max()).isEmpty());
}

TEST(SecondsText, ReadsAsPeopleSay)
{
    EXPECT_EQ(secondsText(0), "0 s");
    EXPECT_EQ(secondsText(3600), "1 h");
    EXPECT_EQ(secondsText(3150), "52 min 30 s");
    EXPECT_EQ(secondsText(86400), "1 d");
    EXPECT_EQ(secondsText(kInfiniteSeconds), "infinite");
}

TEST(ClockText, IsLocalWithMilliseconds)
{
    EXPECT_EQ(clockText(Instant{1'700'000'000s + 7ms + 900us}), "22:13:20.007");
    EXPECT_EQ(clockText(Instant{-1ms}), "23:59:59.999");
    EXPECT_EQ(dateTimeText(Instant{1'700'000'000s}), "2023-11-14 22:13:20");
}

TEST(TimeTicks, AreRoundAndWithin)
{
    const Instant from{1'700'000'003s};
    for (const Duration span :
         {Duration{3ms}, Duration{2s}, Duration{50s}, Duration{7min}, Duration{30h}, Duration{24h * 4000}}) {
        const auto ticks = timeTicks(from, from + span, 6);
        ASSERT_FALSE(ticks.empty()) << durationText(span).toStdString();
        EXPECT_LE(ticks.size(), 8U);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            EXPECT_GE(ticks[i].at, from);
            EXPECT_LE(ticks[i].at, from + span);
            if (i > 1) {
                EXPECT_EQ(ticks[i].at - ticks[i - 1].at, ticks[1].at - ticks[0].at);
            }
        }
    }
    EXPECT_EQ(timeTicks(from, from + 60s, 4).front().text, "22:13:30");
    EXPECT_TRUE(timeTicks(from, from, 5).empty());
    EXPECT_TRUE(timeTicks(from, from + 1s, 0).empty());
}

TEST(Vendors, AreFoundInTheProgramItself)
{
    const auto name = [](const char* mac) { return vendorName(*MacAddress::parse(mac)); };
    EXPECT_EQ(name("3c:22:fb:0a:01:02"), "Apple");
    EXPECT_EQ(name("8c:79:f5:11:02:5e"), "Samsung");
    EXPECT_EQ(name("d4:be:d9:7e:03:41"), "Dell");
    EXPECT_EQ(name("ac:cc:8e:91:04:52"), "Axis");
    EXPECT_EQ(name("52:54:00:12:34:56"), "QEMU");
    EXPECT_EQ(name("da:a1:19:00:00:01"), "random MAC");
    EXPECT_EQ(name("00:00:00:00:00:01"), "XEROX") << "the first row";
    EXPECT_EQ(vendorName(HardwareAddress{32, 8, {}}), "");
    EXPECT_EQ(vendorName(HardwareAddress{}), "");
}

// The list is searched as it stands: every row must be found by its own prefix.
TEST(Vendors, EveryRowIsFound)
{
    vendorName(MacAddress{});
    QFile list{QStringLiteral(":/vendors/vendors.txt")};
    ASSERT_TRUE(list.open(QIODevice::ReadOnly));
    QByteArray previous;
    int count = 0;
    for (const auto& line : list.readAll().split('\n')) {
        if (line.isEmpty()) continue;
        ++count;
        ASSERT_LT(previous, line.left(6)) << "sorted, each prefix once";
        ASSERT_EQ(line.at(6), '\t');
        ASSERT_LE(line.size(), 7 + 24);
        previous = line.left(6);
        MacAddress mac{};
        for (int i = 0; i < 3; ++i)
            mac.octets[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(line.mid(2 * i, 2).toUInt(nullptr, 16));
        ASSERT_EQ(vendorName(mac), QString::fromLatin1(line.mid(7))) << line.toStdString();
    }
    EXPECT_GT(count, 30'000);
    EXPECT_EQ(vendorName(*MacAddress::parse("fc:ff:ff:00:00:00")), "") << "after the last row";
}

TEST(NameRanks, PutLaterNamesBetweenTheirNeighbours)
{
    NameRanks ranks;
    ranks.build({"b", "d", "B"});
    EXPECT_EQ(ranks.rank("b"), ranks.rank("B"));
    EXPECT_LT(ranks.rank("a"), ranks.rank("b"));
    EXPECT_GT(ranks.rank("c"), ranks.rank("b"));
    EXPECT_LT(ranks.rank("c"), ranks.rank("d"));
    EXPECT_GT(ranks.rank("e"), ranks.rank("d"));
    EXPECT_FALSE(ranks.isRenamed(1, "d"));
    EXPECT_TRUE(ranks.isRenamed(1, "x"));
    EXPECT_FALSE(ranks.isRenamed(9, "d")) << "nothing is known of it";
    EXPECT_EQ(ranks.rank(std::size_t{1}), ranks.rank("d"));
    ranks.build({"pc-010", "pc-9", "pc-10", "pc-", "pc"});
    EXPECT_LT(ranks.rank("pc-9"), ranks.rank("pc-10"));
    EXPECT_LT(ranks.rank("pc"), ranks.rank("pc-"));
}

} // namespace
} // namespace dorascope::models::test
