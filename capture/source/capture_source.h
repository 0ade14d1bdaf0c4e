// SPDX-License-Identifier: GPL-3.0-or-later
// Frames from libpcap: a capture file (pcap, pcapng), standard input or another stream. Live interfaces arrive as such a stream from
// dorascope-netd, so that this code never needs a privilege. And writing captures.
#pragma once

#include "capture/decode/frame.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace dorascope::source {

struct SourceError {
    std::string problem; ///< "cannot read x.pcap: No such file or directory."
    std::string remedy; ///< may be empty
    std::string text() const { return remedy.empty() ? problem : problem + " " + remedy; }
};

class CaptureSource {
public:
    /// A capture file. "-" is standard input.
    static tl::expected<CaptureSource, SourceError> open_file(const std::filesystem::path& file);
    /// A pcap stream on a descriptor, which is owned from now on. `name` is for messages.
    static tl::expected<CaptureSource, SourceError> open_descriptor(int fd, std::string name);
    CaptureSource(CaptureSource&&) noexcept;
    CaptureSource& operator=(CaptureSource&&) noexcept;
    ~CaptureSource();

    /// The next frame; nothing at the end. The bytes are valid until the next call. A damaged file: everything up to the damage is
    /// delivered, then the error.
    tl::expected<std::optional<decode::Frame>, SourceError> next();
    decode::LinkType link_type() const;
    /// Bytes of the file and how many are read, for progress; nothing for a stream.
    struct Progress {
        std::uint64_t done = 0, total = 0;
    };
    std::optional<Progress> progress() const;

private:
    struct Impl;
    static tl::expected<std::unique_ptr<Impl>, SourceError> open_stream(int fd, std::string name);
    explicit CaptureSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Writes a pcap file (nanoseconds) that Wireshark opens. One link type a file.
class CaptureWriter {
public:
    static tl::expected<CaptureWriter, SourceError> create(const std::filesystem::path& file, decode::LinkType link);
    CaptureWriter(CaptureWriter&&) noexcept;
    CaptureWriter& operator=(CaptureWriter&&) noexcept;
    ~CaptureWriter();
    tl::expected<void, SourceError> write(const decode::Frame& frame);
    tl::expected<void, SourceError> close(); ///< flushes; says if the disk was full

private:
    struct Impl;
    explicit CaptureWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::source
