// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_file.h"

#include "app/cli/output.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

struct Closed {
    int fd;
    ~Closed()
    {
        if (fd > STDERR_FILENO) ::close(fd);
    }
};

} // namespace

tl::expected<std::string, Failure> read_text(const std::filesystem::path& file, std::size_t most)
{
    const auto fail = [&](int error) {
        return tl::unexpected{system_failure(fmt::format("cannot read {}", file.string()), error, "is the name right?")};
    };
    const Closed in{file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (in.fd < 0) return fail(errno);
    std::string text;
    for (char part[65536];;) {
        const ssize_t got = ::read(in.fd, part, sizeof part);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(errno);
        if (got == 0) return text;
        text.append(part, static_cast<std::size_t>(got));
        if (text.size() > most)
            return tl::unexpected{
                Failure{fmt::format("{} is larger than {} MiB", file.string(), most >> 20), "is it the right file?"}};
    }
}

Result write_text(const std::filesystem::path& file, std::string_view text)
{
    if (text.ends_with('\n')) text.remove_suffix(1); // Output ends lines by itself
    const Closed to{file.empty() ? STDOUT_FILENO : ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (to.fd < 0)
        return tl::unexpected{system_failure(fmt::format("cannot write {}", file.string()), errno, "name another file with -o")};
    Output out{to.fd, false, false};
    out.line(text);
    out.flush();
    return out.result();
}

} // namespace dorascope::cli
