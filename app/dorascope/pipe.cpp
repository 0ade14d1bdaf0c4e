// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/pipe.h"

#include <charconv>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace dorascope::app {
namespace {

/// A path that names a descriptor of this process: it is taken itself. Opened a second time, a pipe whose writer has gone would never end.
std::optional<int> descriptorNamed(std::string_view path)
{
    if (path == "-" || path == "/dev/stdin") return STDIN_FILENO;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(folder)) continue;
        const std::string_view digits = path.substr(folder.size());
        int number = -1;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error == std::errc{} && end == digits.data() + digits.size() && number >= 0) return number;
    }
    return std::nullopt;
}

} // namespace

bool isPipe(const std::string& path)
{
    struct stat status { };
    return path == "-" || (::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode));
}

host::Descriptor openPipe(const std::string& path)
{
    if (const auto number = descriptorNamed(path)) return host::Descriptor{::fcntl(*number, F_DUPFD_CLOEXEC, 3)};
    return host::Descriptor{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
}

} // namespace dorascope::app
