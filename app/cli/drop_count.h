// SPDX-License-Identifier: GPL-3.0-or-later
// The capture helper's status lines: "drops N" and, before the end, "error TEXT" (host::CaptureStream).
#pragma once

#include <cstdint>
#include <string>

namespace dorascope::cli {

class DropCount {
public:
    /// `fd` is borrowed. Reading it never waits.
    explicit DropCount(int fd);
    void poll();
    std::uint64_t dropped() const { return dropped_; }
    /// Why the capture ended; empty while it runs.
    const std::string& error() const { return error_; }

private:
    void take(const std::string& line);
    int fd_;
    std::string pending_;
    std::uint64_t dropped_ = 0;
    std::string error_;
};

} // namespace dorascope::cli
