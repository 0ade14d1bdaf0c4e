// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/source/capture_source.h"
#include "capture/source/open_error.h"
#include "capture/source/pcap_time.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <pcap/pcap.h>

namespace dorascope::source {

namespace {

constexpr int kSnapLength = 262144; // libpcap's MAXIMUM_SNAPLEN

struct ClosePcap {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};
struct CloseDumper {
    void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};

/// What libpcap calls the link type that a file calls 101.
int datalink_of(decode::LinkType link) { return link == decode::LinkType::raw ? DLT_RAW : static_cast<int>(link); }

} // namespace

struct CaptureWriter::Impl {
    std::unique_ptr<pcap_t, ClosePcap> pcap;
    std::unique_ptr<pcap_dumper_t, CloseDumper> dumper;
    std::string name;
    decode::LinkType link{};
};

CaptureWriter::CaptureWriter(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
CaptureWriter::CaptureWriter(CaptureWriter&&) noexcept = default;
CaptureWriter& CaptureWriter::operator=(CaptureWriter&&) noexcept = default;
CaptureWriter::~CaptureWriter() = default;

tl::expected<CaptureWriter, SourceError> CaptureWriter::create(const std::filesystem::path& file, decode::LinkType link)
{
    auto impl = std::make_unique<Impl>();
    impl->name = file.string();
    impl->link = link;
    std::FILE* const stream = std::fopen(file.c_str(), "wbe");
    if (stream == nullptr) return tl::unexpected{cannot_write(impl->name, errno)};
    impl->pcap.reset(pcap_open_dead_with_tstamp_precision(datalink_of(link), kSnapLength, PCAP_TSTAMP_PRECISION_NANO));
    impl->dumper.reset(impl->pcap ? pcap_dump_fopen(impl->pcap.get(), stream) : nullptr);
    if (!impl->dumper) {
        std::fclose(stream);
        const std::string reason = impl->pcap ? pcap_geterr(impl->pcap.get()) : "out of memory";
        return tl::unexpected{SourceError{"cannot write " + impl->name + ": " + reason + ".", ""}};
    }
    return CaptureWriter{std::move(impl)};
}

tl::expected<void, SourceError> CaptureWriter::write(const decode::Frame& frame)
{
    if (!impl_->dumper) return tl::unexpected{SourceError{"cannot write " + impl_->name + ": it is closed.", ""}};
    if (frame.link != impl_->link) {
        return tl::unexpected{SourceError{"cannot write " + impl_->name + ": a pcap file holds one link type only.",
                                          "Save the frames of each source on their own."}};
    }
    const auto [seconds, nanoseconds] = pcap_time(frame.at);
    pcap_pkthdr header{};
    header.ts.tv_sec = seconds;
    header.ts.tv_usec = nanoseconds;
    header.caplen = static_cast<bpf_u_int32>(std::min<std::size_t>(frame.bytes.size(), kSnapLength));
    header.len = std::max(frame.original_length, header.caplen);
    errno = 0;
    pcap_dump(reinterpret_cast<u_char*>(impl_->dumper.get()), &header, reinterpret_cast<const u_char*>(frame.bytes.data()));
    if (std::ferror(pcap_dump_file(impl_->dumper.get())) != 0) return tl::unexpected{cannot_write(impl_->name, errno)};
    return {};
}

tl::expected<void, SourceError> CaptureWriter::close()
{
    if (!impl_->dumper) return {};
    errno = 0;
    const bool flushed = pcap_dump_flush(impl_->dumper.get()) == 0 && std::ferror(pcap_dump_file(impl_->dumper.get())) == 0;
    const int error = errno;
    impl_->dumper.reset();
    if (!flushed) return tl::unexpected{cannot_write(impl_->name, error)};
    return {};
}

} // namespace dorascope::source
