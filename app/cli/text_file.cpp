// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_file.h"

#include "app/cli/output.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace dorascope::cli {
namespace {

namespace fs = std::filesystem;

struct Closed {
    int fd;
    ~Closed()
    {
        if (fd > STDERR_FILENO) ::close(fd);
    }
};

Result write_to(int fd, std::string_view text)
{
    Output out{fd, false, false};
    out.line(text);
    out.flush();
    return out.result();
}

tl::unexpected<Failure> cannot_write(const fs::path& file, int error)
{
    return tl::unexpected{system_failure(fmt::format("cannot write {}", file.string()), error, "name another file with -o")};
}

Result write_in_place(const fs::path& file, std::string_view text)
{
    const Closed to{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    return to.fd < 0 ? cannot_write(file, errno) : write_to(to.fd, text);
}

/// The folder takes no new file, or its file cannot be exchanged: another's in a folder that all may write to, or mounted by itself.
bool has_to_stay(int error)
{
    return error == EACCES || error == EPERM || error == EROFS || error == EBUSY || error == ENAMETOOLONG;
}

/// Beside it first, under a name that nobody else uses; where that is not to be, in place.
Result replace(const fs::path& file, const struct stat* former, std::string_view text)
{
    // To exchange a file takes no right to write to it.
    if (former != nullptr && ::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) != 0) return cannot_write(file, errno);
    const fs::path beside = fmt::format("{}.{}.tmp", file.string(), ::getpid());
    ::unlink(beside.c_str());
    const Closed to{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
    if (to.fd < 0) return has_to_stay(errno) ? write_in_place(file, text) : cannot_write(file, errno);
    const auto as_it_was = [&] {
        return ::fchown(to.fd, former->st_uid, former->st_gid) == 0 && ::fchmod(to.fd, former->st_mode & 07777U) == 0;
    };
    if (former != nullptr && !as_it_was()) {
        ::unlink(beside.c_str());
        return write_in_place(file, text);
    }
    auto written = write_to(to.fd, text);
    if (written && ::fsync(to.fd) != 0) written = cannot_write(file, errno);
    const int error = !written || ::rename(beside.c_str(), file.c_str()) == 0 ? 0 : errno;
    if (!written || error != 0) ::unlink(beside.c_str());
    if (error == 0) return written;
    return has_to_stay(error) ? write_in_place(file, text) : cannot_write(file, error);
}

} // namespace

Result refuse_same_file(const fs::path& from, const fs::path& to, std::string_view option)
{
    std::error_code error;
    if (from == "-" || to.empty() || !fs::equivalent(from, to, error) || error || !fs::is_regular_file(to, error)) return {};
    return tl::unexpected{Failure{fmt::format("{} names {}, which is the file that is read", option, to.string()),
                                  "name another; it would be overwritten before it is read"}};
}

std::string input_name(const fs::path& file) { return file == "-" ? "standard input" : file.string(); }

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
    if (file.empty()) return write_to(STDOUT_FILENO, text);
    std::error_code error;
    const auto target = fs::weakly_canonical(file, error); // a link stays one
    struct stat former { };
    const bool exists = !error && ::stat(target.c_str(), &former) == 0;
    const bool ordinary = exists ? S_ISREG(former.st_mode) : !fs::is_symlink(fs::symlink_status(target, error));
    if (!ordinary) return write_in_place(file, text);
    return replace(target, exists ? &former : nullptr, text);
}

} // namespace dorascope::cli
