// SPDX-License-Identifier: GPL-3.0-or-later
// What lies between a source and the window: queue, relay, command line.
#include "app/dorascope/arguments.h"
#include "app/dorascope/frame_queue.h"
#include "app/dorascope/stream_relay.h"

#include <array>
#include <cerrno>
#include <gtest/gtest.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace dorascope::app {
namespace {

decode::Frame frameOf(std::uint64_t number, std::span<const std::byte> bytes)
{
    return {number, Instant{std::chrono::seconds{static_cast<std::int64_t>(number)}}, decode::LinkType::ethernet,
            static_cast<std::uint32_t>(bytes.size()), bytes};
}
const std::array<std::byte, 100> kBytes{std::byte{1}, std::byte{2}};

TEST(FrameQueue, HandsOverInOrderWithTheBytes)
{
    FrameQueue queue;
    for (std::uint64_t n = 1; n <= 1000; ++n) {
        const std::array<std::byte, 2> bytes{static_cast<std::byte>(n & 0xff), static_cast<std::byte>(n >> 8)};
        ASSERT_TRUE(queue.offer(frameOf(n, bytes)));
    }
    FrameQueue::Batch batch;
    ASSERT_TRUE(queue.drain(batch));
    ASSERT_EQ(batch.size(), 1000U);
    for (std::size_t i = 0; i < 1000; ++i) {
        EXPECT_EQ(batch.at(i).number, i + 1);
        EXPECT_EQ(batch.at(i).bytes[0], static_cast<std::byte>((i + 1) & 0xff));
    }
    EXPECT_FALSE(queue.drain(batch));
}

TEST(FrameQueue, WhenFullTheNewestAreDroppedAndCounted)
{
    FrameQueue queue(3, 1 << 20);
    for (std::uint64_t n = 1; n <= 10; ++n)
        queue.offer(frameOf(n, kBytes));
    EXPECT_EQ(queue.dropped(), 7U);
    FrameQueue::Batch batch;
    queue.drain(batch);
    ASSERT_EQ(batch.size(), 3U);
    EXPECT_EQ(batch.at(2).number, 3U);
}

TEST(FrameQueue, BytesAreBoundedToo)
{
    FrameQueue queue(1000, 250);
    EXPECT_TRUE(queue.offer(frameOf(1, kBytes)));
    EXPECT_TRUE(queue.offer(frameOf(2, kBytes)));
    EXPECT_FALSE(queue.offer(frameOf(3, kBytes)));
}

TEST(FrameQueue, AFileWaitsForRoomAndLosesNothing)
{
    FrameQueue queue(8, 1 << 20);
    std::thread reader([&queue] {
        for (std::uint64_t n = 1; n <= 1000; ++n)
            if (!queue.put(frameOf(n, kBytes))) return;
        queue.close();
    });
    std::uint64_t next = 1;
    FrameQueue::Batch batch;
    while (next <= 1000) {
        queue.drain(batch);
        for (std::size_t i = 0; i < batch.size(); ++i)
            ASSERT_EQ(batch.at(i).number, next++);
        std::this_thread::yield();
    }
    reader.join();
    EXPECT_EQ(queue.dropped(), 0U);
}

TEST(FrameQueue, ClosingWakesWhoWaits)
{
    FrameQueue queue(1, 1 << 20);
    ASSERT_TRUE(queue.put(frameOf(1, kBytes)));
    bool taken = true;
    std::thread reader([&] { taken = queue.put(frameOf(2, kBytes)); });
    queue.close();
    reader.join();
    EXPECT_FALSE(taken);
}

struct Pipe {
    host::Descriptor read, write;
    Pipe()
    {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) == 0) {
            read = host::Descriptor{ends[0]};
            write = host::Descriptor{ends[1]};
        }
    }
    void put(const std::string& text) const
    {
        ASSERT_EQ(::write(write.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
};

std::string readAll(int fd)
{
    std::string all;
    std::array<char, 4096> buffer{};
    for (ssize_t got; (got = ::read(fd, buffer.data(), buffer.size())) > 0;)
        all.append(buffer.data(), static_cast<std::size_t>(got));
    return all;
}

TEST(StreamRelay, PassesOnWhatComesAndItsEnd)
{
    Pipe pipe, status;
    StreamRelay relay(std::move(pipe.read), std::move(status.read));
    const host::Descriptor output{relay.takeOutput()};
    std::string sent;
    for (int i = 0; i < 2000; ++i)
        sent += "frame " + std::to_string(i) + '\n';
    std::thread writer([&] {
        pipe.put(sent);
        pipe.write = host::Descriptor{};
    });
    EXPECT_EQ(readAll(output.get()), sent);
    writer.join();
}

TEST(StreamRelay, StoppingEndsAReaderThatWaits)
{
    Pipe pipe;
    StreamRelay relay(std::move(pipe.read), {});
    const host::Descriptor output{relay.takeOutput()};
    std::string got = "?";
    std::thread reader([&] { got = readAll(output.get()); });
    relay.stop();
    reader.join(); // returns, though nobody wrote and nobody closed
    EXPECT_EQ(got, "");
}

TEST(StreamRelay, ReadsDropsAndErrorsBesideTheStream)
{
    Pipe pipe, status;
    StreamRelay relay(std::move(pipe.read), std::move(status.read));
    const host::Descriptor output{relay.takeOutput()};
    status.put("drops 12\ndro");
    status.put("ps 345\nrubbish\nerror the interface is gone\n");
    status.write = host::Descriptor{};
    pipe.write = host::Descriptor{};
    readAll(output.get());
    EXPECT_EQ(relay.kernelDrops(), 345U);
    EXPECT_EQ(relay.error(), "the interface is gone");
}

TEST(StreamRelay, DestructionDoesNotWaitForAReaderThatNeverReads)
{
    Pipe pipe;
    const std::string much(60000, 'x');
    auto relay = std::make_unique<StreamRelay>(std::move(pipe.read), host::Descriptor{});
    const host::Descriptor output{relay->takeOutput()};
    std::vector<std::thread> writers; // more than the pipes between hold
    for (int i = 0; i < 12; ++i)
        writers.emplace_back([&] { [[maybe_unused]] const auto n = ::write(pipe.write.get(), much.data(), much.size()); });
    relay.reset();
    for (std::thread& writer : writers)
        writer.join();
    EXPECT_EQ(::write(pipe.write.get(), "x", 1), -1);
    EXPECT_EQ(errno, EPIPE) << "the relay's end is closed: nobody reads any more";
}

struct Line {
    const char* name;
    QStringList words;
    const char* error; ///< part of it; empty: none
};
class ArgumentsTest : public testing::TestWithParam<Line> { };

TEST_P(ArgumentsTest, IsReadOrRefusedInOneSentence)
{
    const Arguments arguments = readArguments(QStringList{QStringLiteral("dorascope")} + GetParam().words);
    if (*GetParam().error == '\0')
        EXPECT_EQ(arguments.error, QString());
    else
        EXPECT_TRUE(arguments.error.contains(QLatin1String(GetParam().error))) << qPrintable(arguments.error);
    EXPECT_FALSE(arguments.error.contains(QLatin1Char('\n')));
    EXPECT_FALSE(arguments.error.contains(QStringLiteral(". "))) << qPrintable(arguments.error);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, ArgumentsTest,
    testing::Values(
        Line{"nothing", {}, ""}, Line{"file", {QStringLiteral("a.pcap")}, ""}, Line{"stdin", {QStringLiteral("-")}, ""},
        Line{"scenario", {QStringLiteral("--scenario"), QStringLiteral("rogue")}, ""},
        Line{"unknown_scenario", {QStringLiteral("--scenario"), QStringLiteral("rouge")}, "three-clients, office, rogue"},
        Line{"theme", {QStringLiteral("--theme"), QStringLiteral("dark")}, ""},
        Line{"unknown_theme", {QStringLiteral("--theme"), QStringLiteral("pink")}, "light, dark or system"},
        Line{"two_sources", {QStringLiteral("a.pcap"), QStringLiteral("--watch"), QStringLiteral("eth0")}, "there can be one"},
        Line{"two_files", {QStringLiteral("a.pcap"), QStringLiteral("b.pcap")}, "b.pcap"},
        Line{"unknown_option", {QStringLiteral("--nonsense")}, "--help"},
        Line{"value_missing", {QStringLiteral("--watch")}, "--help"}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(Arguments, HelpNamesTheProgramAndHasExamples)
{
    EXPECT_TRUE(helpText().contains(QStringLiteral("Usage: dorascope [options] [FILE]"))) << qPrintable(helpText());
    EXPECT_TRUE(helpText().contains(QStringLiteral("dorascope --scenario rogue")));
}

} // namespace
} // namespace dorascope::app
