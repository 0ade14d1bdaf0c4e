// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/source/capture_source.h"

#include "capture/decode/packet.h"
#include "capture/source/open_error.h"
#include "capture/source/pcap_time.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dorascope::source {

namespace {

constexpr std::size_t kFileBuffer = std::size_t{64} << 10;

/// Values of pcap_datalink() that differ from those in files: LINKTYPE_RAW is read as the system's DLT_RAW, 12 or 14 on BSDs.
constexpr int kBsdRaw = 12, kOpenBsdRaw = 14;

decode::LinkType link_of(int datalink)
{
    if (datalink == DLT_RAW || datalink == kBsdRaw || datalink == kOpenBsdRaw) return decode::LinkType::raw;
    return static_cast<decode::LinkType>(datalink);
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePtr = std::unique_ptr<std::FILE, CloseFile>;

struct ClosePcap {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};
using PcapPtr = std::unique_ptr<pcap_t, ClosePcap>;

} // namespace

struct CaptureSource::Impl {
    PcapPtr pcap; // owns the stream
    std::string name;
    decode::LinkType link{};
    std::uint64_t number = 0;
    std::uint64_t size = 0; // 0: a stream, of which nobody knows the end
    bool ended = false;
};

namespace {

/// A regular file's size; 0 for a pipe, a terminal or another stream.
tl::expected<std::uint64_t, SourceError> check_file(int fd, const std::string& name)
{
    struct stat status { };
    if (fstat(fd, &status) != 0) return tl::unexpected{cannot_open(name, errno)};
    if (S_ISDIR(status.st_mode)) return tl::unexpected{cannot_open(name, EISDIR)};
    if (!S_ISREG(status.st_mode)) return 0;
    if (status.st_size == 0) return tl::unexpected{empty_file(name)};
    return static_cast<std::uint64_t>(status.st_size);
}

} // namespace

tl::expected<std::unique_ptr<CaptureSource::Impl>, SourceError> CaptureSource::open_stream(int fd, std::string name)
{
    FilePtr file{fdopen(fd, "rb")};
    if (!file) {
        const int error = errno;
        close(fd);
        return tl::unexpected{cannot_open(name, error)};
    }
    const auto size = check_file(fd, name);
    if (!size) return tl::unexpected{size.error()};
    // On a pipe, fread() returns as soon as what libpcap asked for is there: a live packet never waits for the next.
    if (*size > 0) std::setvbuf(file.get(), nullptr, _IOFBF, kFileBuffer);

    std::array<char, PCAP_ERRBUF_SIZE> error{};
    PcapPtr pcap{pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO, error.data())};
    if (!pcap) return tl::unexpected{not_a_capture(name, error.data(), file.get())};
    static_cast<void>(file.release()); // libpcap's now
    const auto link = link_of(pcap_datalink(pcap.get()));
    if (!decode::is_known(link)) return tl::unexpected{unknown_link(name, pcap_datalink(pcap.get()))};
    return std::make_unique<Impl>(Impl{std::move(pcap), std::move(name), link, 0, *size, false});
}

CaptureSource::CaptureSource(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
CaptureSource::CaptureSource(CaptureSource&&) noexcept = default;
CaptureSource& CaptureSource::operator=(CaptureSource&&) noexcept = default;
CaptureSource::~CaptureSource() = default;

tl::expected<CaptureSource, SourceError> CaptureSource::open_file(const std::filesystem::path& file)
{
    const bool standard_input = file == "-";
    const std::string name = standard_input ? "standard input" : file.string();
    const int fd = standard_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return tl::unexpected{cannot_open(name, errno)};
    return open_stream(fd, name).map([](std::unique_ptr<Impl>&& impl) { return CaptureSource{std::move(impl)}; });
}

tl::expected<CaptureSource, SourceError> CaptureSource::open_descriptor(int fd, std::string name)
{
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return tl::unexpected{cannot_open(name, errno)};
    // stdio takes "nothing there yet" for an error: wait instead.
    if ((flags & O_NONBLOCK) != 0) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    return open_stream(fd, std::move(name)).map([](std::unique_ptr<Impl>&& impl) { return CaptureSource{std::move(impl)}; });
}

tl::expected<std::optional<decode::Frame>, SourceError> CaptureSource::next()
{
    Impl& impl = *impl_;
    if (impl.ended) return std::nullopt;
    pcap_pkthdr* header = nullptr;
    const unsigned char* bytes = nullptr;
    const int result = pcap_next_ex(impl.pcap.get(), &header, &bytes);
    if (result == 1) {
        decode::Frame frame;
        frame.number = ++impl.number;
        frame.at = instant_of(header->ts.tv_sec, header->ts.tv_usec); // nanoseconds, as asked for when opening
        frame.link = impl.link;
        frame.original_length = header->len;
        frame.bytes = {reinterpret_cast<const std::byte*>(bytes), header->caplen};
        return frame;
    }
    impl.ended = true;
    if (result == PCAP_ERROR_BREAK) return std::nullopt; // the end of the file
    return tl::unexpected{damaged(impl.name, pcap_geterr(impl.pcap.get()), impl.number)};
}

decode::LinkType CaptureSource::link_type() const { return impl_->link; }

std::optional<CaptureSource::Progress> CaptureSource::progress() const
{
    if (impl_->size == 0) return std::nullopt;
    const auto done = ftello(pcap_file(impl_->pcap.get()));
    return Progress{done < 0 ? 0 : static_cast<std::uint64_t>(done), impl_->size};
}

} // namespace dorascope::source
