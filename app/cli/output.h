// SPDX-License-Identifier: GPL-3.0-or-later
// Lines to a descriptor. A reader who has gone away ("| head") is no error; a full disk is.
#pragma once

#include "app/cli/failure.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace dorascope::cli {

/// Colours are for terminals only, and not when NO_COLOR is set (no-color.org) or TERM is "dumb".
bool colour_wanted(int fd);

class Output {
public:
    /// `by_line`: each line is written at once. Otherwise when enough has gathered, or at flush().
    Output(int fd, bool by_line, bool colour) : fd_{fd}, by_line_{by_line}, colour_{colour} { }
    ~Output() { flush(); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// To standard error no control characters go but line ends and tabs: what is said there quotes files and arguments.
    void line(std::string_view text);
    void flush();
    bool colour() const { return colour_; }
    /// Nobody takes the lines any more: there is no point in going on.
    bool broken() const { return error_ != 0 || given_up_; }
    // From another thread: the octets that somebody has taken so far, and the end of waiting for more. A write that is under way ends
    // with the next signal (EINTR).
    std::uint64_t written() const { return written_; }
    void give_up() { given_up_ = true; }
    /// Why not, unless the reader simply closed its end.
    Result result() const;

private:
    int fd_;
    bool by_line_;
    bool colour_;
    int error_ = 0;
    std::atomic<std::uint64_t> written_{0};
    std::atomic<bool> given_up_{false};
    std::string pending_;
};

} // namespace dorascope::cli
