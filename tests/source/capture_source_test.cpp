// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/source/capture_source.h"

#include "tests/source/capture_bytes.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <unistd.h>

namespace dorascope::source {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::HasSubstr;

const Bytes kPacket{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

struct Read {
    std::vector<decode::Frame> frames; ///< without their bytes
    std::vector<Bytes> bytes;
    std::string error;
};

Read read_all(CaptureSource& source)
{
    Read read;
    for (;;) {
        const auto frame = source.next();
        if (!frame) {
            read.error = frame.error().text();
            return read;
        }
        if (!*frame) return read;
        const auto* const begin = reinterpret_cast<const unsigned char*>((*frame)->bytes.data());
        read.bytes.emplace_back(begin, begin + (*frame)->bytes.size());
        read.frames.push_back(**frame);
        read.frames.back().bytes = {};
    }
}

Read read_file(const std::filesystem::path& file)
{
    auto source = CaptureSource::open_file(file);
    if (!source) return {{}, {}, source.error().text()};
    return read_all(*source);
}

std::string open_error(const std::filesystem::path& file)
{
    const auto source = CaptureSource::open_file(file);
    EXPECT_FALSE(source) << file;
    return source ? "" : source.error().text();
}

// ---- Formats

struct Format {
    std::string name;
    Bytes bytes;
    Instant at;
};
class AnyFormat : public testing::TestWithParam<Format> { };

TEST_P(AnyFormat, IsReadWithItsTimes)
{
    const Folder folder;
    const auto read = read_file(folder.put("capture", GetParam().bytes));
    EXPECT_EQ(read.error, "");
    ASSERT_EQ(read.frames.size(), 2U);
    EXPECT_EQ(read.frames[0].number, 1U);
    EXPECT_EQ(read.frames[1].number, 2U);
    EXPECT_EQ(read.frames[0].at, GetParam().at);
    EXPECT_EQ(read.frames[0].link, decode::LinkType::ethernet);
    EXPECT_EQ(read.frames[0].original_length, kPacket.size());
    EXPECT_EQ(read.bytes[0], kPacket);
}

INSTANTIATE_TEST_SUITE_P(
    Source, AnyFormat,
    testing::Values(
        Format{"PcapMicroseconds", PcapFile{}.packet(1'700'000'000, 123'456, kPacket).packet(1'700'000'001, 0, kPacket).bytes(),
               Instant{1'700'000'000'123'456'000ns}},
        Format{"PcapNanoseconds",
               PcapFile{PcapFile::kNano}.packet(1'700'000'000, 123'456'789, kPacket).packet(1'700'000'001, 0, kPacket).bytes(),
               Instant{1'700'000'000'123'456'789ns}},
        Format{
            "PcapBigEndian",
            PcapFile{PcapFile::kNano, 1, Order::big}.packet(1'700'000'000, 5, kPacket).packet(1'700'000'001, 0, kPacket).bytes(),
            Instant{1'700'000'000'000'000'005ns}},
        Format{"PcapAfter2038", PcapFile{}.packet(0xfffffff0, 999'999, kPacket).packet(0xfffffff0, 999'999, kPacket).bytes(),
               Instant{4'294'967'280'999'999'000ns}},
        Format{
            "PcapngMicroseconds",
            PcapngFile{}.interface(1).packet(0, 1'700'000'000'123'456, kPacket).packet(0, 1'700'000'001'000'000, kPacket).bytes(),
            Instant{1'700'000'000'123'456'000ns}},
        Format{"PcapngNanoseconds",
               PcapngFile{}
                   .interface(1, 9)
                   .packet(0, 1'700'000'000'123'456'789, kPacket)
                   .packet(0, 1'700'000'001'000'000'000, kPacket)
                   .bytes(),
               Instant{1'700'000'000'123'456'789ns}},
        Format{"PcapngTwoInterfaces",
               PcapngFile{}.interface(1).interface(1).packet(1, 1'000'000, kPacket).packet(0, 2'000'000, kPacket).bytes(),
               Instant{1s}}),
    [](const auto& test) { return test.param.name; });

TEST(Source, KnowsTheLinkTypesOfFilesAndOfBsds)
{
    const Folder folder;
    using decode::LinkType;
    for (const auto& [value, link] : {std::pair{1U, LinkType::ethernet},
                                      {101U, LinkType::raw},
                                      {12U, LinkType::raw},
                                      {14U, LinkType::raw},
                                      {228U, LinkType::ipv4},
                                      {113U, LinkType::linux_sll},
                                      {276U, LinkType::linux_sll2},
                                      {0U, LinkType::null},
                                      {108U, LinkType::loop}}) {
        const auto file = folder.put("link", PcapFile{PcapFile::kMicro, value}.packet(1, 0, kPacket).bytes());
        const auto source = CaptureSource::open_file(file);
        ASSERT_TRUE(source) << value << source.error().text();
        EXPECT_EQ(source->link_type(), link) << value;
    }
}

TEST(Source, DeliversWhatAShortSnapLengthLeft)
{
    const Folder folder;
    const auto read = read_file(folder.put("cut", PcapFile{}.packet(1, 0, kPacket, 342).bytes()));
    ASSERT_EQ(read.frames.size(), 1U);
    EXPECT_EQ(read.frames[0].original_length, 342U);
    EXPECT_EQ(read.bytes[0].size(), 16U);
}

TEST(Source, OfAHeaderOnlyHoldsNothing)
{
    const Folder folder;
    const auto read = read_file(folder.put("header", PcapFile{}.bytes()));
    EXPECT_EQ(read.error, "");
    EXPECT_TRUE(read.frames.empty());
}

TEST(Source, StaysAtItsEnd)
{
    const Folder folder;
    auto source = CaptureSource::open_file(folder.put("end", PcapFile{}.packet(1, 0, kPacket).bytes()));
    ASSERT_TRUE(source);
    EXPECT_EQ(read_all(*source).frames.size(), 1U);
    EXPECT_EQ(read_all(*source).frames.size(), 0U);
}

TEST(Source, TellsHowFarItIs)
{
    const Folder folder;
    PcapFile file;
    for (std::uint32_t i = 0; i < 20'000; ++i)
        file.packet(i, 0, kPacket);
    auto source = CaptureSource::open_file(folder.put("long", file.bytes()));
    ASSERT_TRUE(source);
    const auto start = source->progress();
    ASSERT_TRUE(start);
    EXPECT_EQ(start->total, file.bytes().size());
    EXPECT_LT(start->done, 100U);
    for (int i = 0; i < 10'000; ++i)
        (void)source->next();
    EXPECT_NEAR(static_cast<double>(source->progress()->done), static_cast<double>(start->total) / 2, 100);
    (void)read_all(*source);
    EXPECT_EQ(source->progress()->done, start->total);
}

TEST(Source, ReadsStandardInput)
{
    const Folder folder;
    const auto file = folder.put("in", PcapFile{}.packet(1, 0, kPacket).bytes());
    const int saved = dup(STDIN_FILENO);
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(dup2(fd, STDIN_FILENO), 0);
    const auto read = read_file("-");
    const bool still_open = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(fd);
    EXPECT_EQ(read.frames.size(), 1U);
    EXPECT_TRUE(still_open) << "standard input is not ours to close";
}

// ---- Streams

class Pipe {
public:
    Pipe() { EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0); }
    ~Pipe() { close_write(); }
    int read_end() const { return ends_[0]; }
    void write(const Bytes& bytes) const
    {
        EXPECT_EQ(::write(ends_[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    void close_write()
    {
        if (ends_[1] >= 0) close(ends_[1]);
        ends_[1] = -1;
    }

private:
    int ends_[2] = {-1, -1};
};

/// What a packet adds to a capture.
Bytes record(std::uint32_t seconds)
{
    const auto header = PcapFile{}.bytes();
    auto bytes = PcapFile{}.packet(seconds, 0, kPacket).bytes();
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header.size()));
    return bytes;
}

TEST(Stream, DeliversEachPacketWithoutWaitingForTheNext)
{
    Pipe pipe;
    pipe.write(PcapFile{}.bytes());
    auto source = CaptureSource::open_descriptor(pipe.read_end(), "the capture");
    ASSERT_TRUE(source) << source.error().text();
    EXPECT_FALSE(source->progress());
    for (std::uint32_t i = 1; i <= 3; ++i) {
        pipe.write(record(i));
        auto frame = std::async(std::launch::async, [&] { return source->next(); });
        const bool at_once = frame.wait_for(20s) == std::future_status::ready;
        EXPECT_TRUE(at_once) << "waits for more than the packet";
        if (!at_once) pipe.close_write(); // lets the reader go
        const auto delivered = frame.get();
        ASSERT_TRUE(delivered && *delivered);
        EXPECT_EQ((*delivered)->at, Instant{std::chrono::seconds{i}});
    }
    pipe.close_write();
    const auto end = source->next();
    ASSERT_TRUE(end) << end.error().text();
    EXPECT_FALSE(*end);
}

TEST(Stream, MayComeInPieces)
{
    Pipe pipe;
    Bytes bytes = PcapFile{}.packet(1, 0, kPacket).packet(2, 0, kPacket).bytes();
    auto reader = std::async(std::launch::async, [&] {
        auto source = CaptureSource::open_descriptor(pipe.read_end(), "the capture");
        return source ? read_all(*source) : Read{{}, {}, source.error().text()};
    });
    for (const auto octet : bytes)
        pipe.write({octet});
    pipe.close_write();
    const auto read = reader.get();
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.frames.size(), 2U);
}

TEST(Stream, WaitsOnADescriptorThatWouldNot)
{
    Pipe pipe;
    ASSERT_EQ(fcntl(pipe.read_end(), F_SETFL, O_NONBLOCK), 0);
    pipe.write(PcapFile{}.bytes());
    auto source = CaptureSource::open_descriptor(pipe.read_end(), "the capture");
    ASSERT_TRUE(source);
    auto frame = std::async(std::launch::async, [&] { return source->next(); });
    pipe.write(record(1));
    const auto delivered = frame.get();
    ASSERT_TRUE(delivered) << delivered.error().text();
    EXPECT_TRUE(*delivered);
}

TEST(Stream, ThatEndsBeforeItBeganSaysSo)
{
    Pipe pipe;
    pipe.close_write();
    const auto source = CaptureSource::open_descriptor(pipe.read_end(), "the capture");
    ASSERT_FALSE(source);
    EXPECT_THAT(source.error().problem, HasSubstr("cannot read the capture: it ended before a capture began."));
    EXPECT_FALSE(source.error().remedy.empty());
}

TEST(Stream, OfNoDescriptorIsAnError)
{
    const auto source = CaptureSource::open_descriptor(-1, "the capture");
    ASSERT_FALSE(source);
    EXPECT_THAT(source.error().text(), HasSubstr("Bad file descriptor"));
}

// ---- Errors: what happened, and what to do

TEST(SourceError, SaysWhatAndWhatToDo)
{
    const Folder folder;
    EXPECT_THAT(open_error(folder.path() / "absent"), HasSubstr("absent: No such file or directory. Check the name"));
    EXPECT_THAT(open_error(folder.path()), HasSubstr(": Is a directory. Name a capture file in it."));
    EXPECT_THAT(open_error(folder.put("empty", {})), HasSubstr("it is empty. A capture has a header"));
    EXPECT_THAT(open_error(folder.put("text", Bytes(100, 'x'))), HasSubstr("it is not a capture file"));
    EXPECT_THAT(open_error(folder.put("text", Bytes(100, 'x'))), HasSubstr("DoraScope reads pcap and pcapng"));
    EXPECT_THAT(open_error(folder.put("short", {0xd4, 0xc3, 0xb2, 0xa1, 2, 0})), HasSubstr("it ends within its header."));
    EXPECT_THAT(open_error(folder.put("tiny", {0xd4, 0xc3})), HasSubstr("it ends within its header."));
    EXPECT_THAT(open_error(folder.put("gz", {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3})),
                HasSubstr("gzip archive. Uncompress it first"));
    EXPECT_THAT(open_error(folder.put("wifi", PcapFile{PcapFile::kMicro, 127}.bytes())),
                HasSubstr("IEEE802_11_RADIO (127), which"));
    EXPECT_THAT(open_error(folder.put("odd", PcapFile{PcapFile::kMicro, 9999}.bytes())), HasSubstr("link type (9999), which"));
}

TEST(SourceError, SaysWhenPermissionIsMissing)
{
    const Folder folder;
    const auto file = folder.put("secret", PcapFile{}.bytes());
    std::filesystem::permissions(file, std::filesystem::perms::none);
    // Root may read everything, so for files it becomes nobody meanwhile (setfsuid(2): this thread's file access only).
    const int user = setfsuid(65534);
    const auto error = open_error(file);
    setfsuid(static_cast<uid_t>(user));
    EXPECT_THAT(error, HasSubstr("Permission denied. Ask its owner"));
}

TEST(SourceError, ComesAfterEverythingBeforeTheDamage)
{
    const Folder folder;
    auto bytes = PcapFile{}.packet(1, 0, kPacket).packet(2, 0, kPacket).packet(3, 0, kPacket).bytes();
    bytes.resize(bytes.size() - 5);
    const auto read = read_file(folder.put("cut", bytes));
    EXPECT_EQ(read.frames.size(), 2U);
    EXPECT_THAT(read.error, HasSubstr("further than frame 2: truncated"));
    EXPECT_THAT(read.error, HasSubstr("what stands before is intact."));

    bytes.resize(24 + 32 + 7); // within the header of the second record
    const auto shorter = read_file(folder.put("shorter", bytes));
    EXPECT_EQ(shorter.frames.size(), 1U);
    EXPECT_THAT(shorter.error, HasSubstr("further than frame 1"));
}

TEST(SourceError, OfARecordThatCannotBe)
{
    const Folder folder;
    auto bytes = PcapFile{}.packet(1, 0, kPacket).packet(2, 0, kPacket).bytes();
    for (std::size_t i = 0; i < 4; ++i)
        bytes[24 + 32 + 8 + i] = 0xff; // captured length
    const auto read = read_file(folder.put("bogus", bytes));
    EXPECT_EQ(read.frames.size(), 1U);
    EXPECT_NE(read.error, "");
}

TEST(SourceError, OfSeveralLinkTypesNamesTheWayOut)
{
    const Folder folder;
    const auto mixed = PcapngFile{}.interface(1).packet(0, 1, kPacket).interface(113).packet(1, 2, kPacket).bytes();
    const auto read = read_file(folder.put("mixed", mixed));
    EXPECT_EQ(read.frames.size(), 1U);
    EXPECT_THAT(read.error, HasSubstr("several link types"));
    EXPECT_THAT(read.error, HasSubstr("tshark -r FILE -Y frame.interface_id==0"));

    const auto snaps = PcapngFile{}.interface(1).interface(1, 6, 96).packet(0, 1, kPacket).bytes();
    EXPECT_THAT(read_file(folder.put("snaps", snaps)).error, HasSubstr("editcap -F pcap FILE NEW.pcap"));
}

TEST(Source, SurvivesAnyDamage)
{
    const Folder folder;
    const auto whole = PcapngFile{}.interface(1).packet(0, 1, kPacket).packet(0, 2, kPacket).bytes();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
            auto bytes = whole;
            bytes[i] = static_cast<unsigned char>(value);
            const auto read = read_file(folder.put("damaged", bytes));
            EXPECT_LE(read.frames.size(), 2U);
            for (const auto& octets : read.bytes)
                EXPECT_LE(octets.size(), 262'144U);
        }
    }
}

// ---- Writing

decode::Frame frame(Instant at, const Bytes& bytes, decode::LinkType link = decode::LinkType::ethernet)
{
    return {1, at, link, 342, {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}};
}

TEST(Writer, WritesWhatIsReadBack)
{
    const Folder folder;
    const Instant at{1'700'000'000'123'456'789ns};
    for (const auto link :
         {decode::LinkType::ethernet, decode::LinkType::raw, decode::LinkType::linux_sll2, decode::LinkType::null}) {
        auto writer = CaptureWriter::create(folder.path() / "out.pcap", link);
        ASSERT_TRUE(writer) << writer.error().text();
        EXPECT_TRUE(writer->write(frame(at, kPacket, link)));
        EXPECT_TRUE(writer->write(frame(at + 1ns, {}, link)));
        EXPECT_TRUE(writer->close());
        const auto read = read_file(folder.path() / "out.pcap");
        ASSERT_EQ(read.frames.size(), 2U);
        EXPECT_EQ(read.frames[0].at, at) << "to the nanosecond";
        EXPECT_EQ(read.frames[1].at, at + 1ns);
        EXPECT_EQ(read.frames[0].link, link);
        EXPECT_EQ(read.frames[0].original_length, 342U);
        EXPECT_EQ(read.bytes[0], kPacket);
    }
}

TEST(Writer, WritesTheLinkTypeOfFilesNotOfThisSystem)
{
    const Folder folder;
    {
        auto writer = CaptureWriter::create(folder.path() / "raw.pcap", decode::LinkType::raw);
        ASSERT_TRUE(writer);
    } // closed by going
    std::FILE* const file = std::fopen((folder.path() / "raw.pcap").c_str(), "rb");
    ASSERT_NE(file, nullptr);
    Bytes header(24);
    EXPECT_EQ(std::fread(header.data(), 1, 24, file), 24U);
    std::fclose(file);
    EXPECT_TRUE(header[20] == 101 || header[23] == 101) << "LINKTYPE_RAW";
}

TEST(Writer, ClampsTimesThatAFileCannotHold)
{
    const Folder folder;
    auto writer = CaptureWriter::create(folder.path() / "out.pcap", decode::LinkType::ethernet);
    ASSERT_TRUE(writer);
    for (const auto at : {Instant::min(), Instant{}, Instant::max()})
        EXPECT_TRUE(writer->write(frame(at, kPacket)));
    EXPECT_TRUE(writer->close());
    const auto read = read_file(folder.path() / "out.pcap");
    ASSERT_EQ(read.frames.size(), 3U);
    EXPECT_EQ(read.frames[0].at, Instant{});
    EXPECT_EQ(read.frames[2].at, Instant{4'294'967'295s});
}

TEST(Writer, HoldsOneLinkType)
{
    const Folder folder;
    auto writer = CaptureWriter::create(folder.path() / "out.pcap", decode::LinkType::ethernet);
    ASSERT_TRUE(writer);
    const auto result = writer->write(frame(Instant{}, kPacket, decode::LinkType::raw));
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().text(), HasSubstr("one link type only. Save the frames of each source"));
}

TEST(Writer, SaysWhereItCannotWrite)
{
    const Folder folder;
    const auto absent = CaptureWriter::create(folder.path() / "no" / "out.pcap", decode::LinkType::ethernet);
    ASSERT_FALSE(absent);
    EXPECT_THAT(absent.error().text(), HasSubstr("No such file or directory. Create the folder first."));
    const auto directory = CaptureWriter::create(folder.path(), decode::LinkType::ethernet);
    ASSERT_FALSE(directory);
    EXPECT_THAT(directory.error().text(), HasSubstr("Is a directory. Name a file in it."));
}

TEST(Writer, SaysWhenTheDiskIsFull)
{
    if (access("/dev/full", W_OK) != 0) GTEST_SKIP() << "needs /dev/full";
    auto writer = CaptureWriter::create("/dev/full", decode::LinkType::ethernet);
    ASSERT_TRUE(writer) << writer.error().text();
    EXPECT_TRUE(writer->write(frame(Instant{}, kPacket))); // still in the buffer
    const auto closed = writer->close();
    ASSERT_FALSE(closed);
    EXPECT_THAT(closed.error().text(), HasSubstr("No space left on device. Free some space"));
    EXPECT_FALSE(writer->write(frame(Instant{}, kPacket))) << "it is closed";
}

} // namespace
} // namespace dorascope::source
