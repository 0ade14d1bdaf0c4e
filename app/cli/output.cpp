// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <iterator>
#include <poll.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr std::size_t kGather = std::size_t{64} << 10;

/// What quotes a file or an argument may bring a terminal's orders with it: C0, DEL and C1 are shown, not sent.
void append_harmless(std::string& to, std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool c1 = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
            fmt::format_to(std::back_inserter(to), "\\x{:02x}", c);
        } else if (c1) {
            fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned char>(text[++i]));
        } else {
            to += text[i];
        }
    }
}

} // namespace

bool colour_wanted(int fd)
{
    const char* no_color = std::getenv("NO_COLOR");
    if (no_color != nullptr && *no_color != '\0') return false;
    const char* term = std::getenv("TERM");
    return isatty(fd) == 1 && term != nullptr && std::string_view{term} != "dumb";
}

void Output::line(std::string_view text)
{
    if (broken()) return;
    if (fd_ == STDERR_FILENO)
        append_harmless(pending_, text);
    else
        pending_.append(text);
    pending_.push_back('\n');
    if (by_line_ || pending_.size() >= kGather) flush();
}

void Output::flush()
{
    std::string_view rest = pending_;
    while (!rest.empty() && !broken()) {
        const ssize_t written = ::write(fd_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
            written_ += static_cast<std::uint64_t>(written);
        } else if (errno == EAGAIN) { // somebody made our terminal non-blocking: wait for it
            pollfd ready{fd_, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            error_ = errno;
        }
    }
    pending_.clear();
}

Result Output::result() const
{
    if (error_ == 0 || error_ == EPIPE) return {};
    return tl::unexpected{system_failure("cannot write the output", error_, "make room there or send it elsewhere")};
}

} // namespace dorascope::cli
