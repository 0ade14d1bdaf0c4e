// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/drop_count.h"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr std::size_t kLongestLine = 4096;

} // namespace

DropCount::DropCount(int fd) : fd_{fd}
{
    if (fd_ >= 0) ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

void DropCount::poll()
{
    std::array<char, 512> chunk{};
    for (;;) {
        const ssize_t got = fd_ < 0 ? -1 : ::read(fd_, chunk.data(), chunk.size());
        if (got <= 0) return;
        pending_.append(chunk.data(), static_cast<std::size_t>(got));
        for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
            take(pending_.substr(0, end));
            pending_.erase(0, end + 1);
        }
        if (pending_.size() > kLongestLine) pending_.clear();
    }
}

void DropCount::take(const std::string& line)
{
    constexpr std::string_view kDrops = "drops ", kError = "error ";
    if (line.starts_with(kDrops)) std::from_chars(line.data() + kDrops.size(), line.data() + line.size(), dropped_);
    if (line.starts_with(kError)) error_ = line.substr(kError.size());
}

} // namespace dorascope::cli
