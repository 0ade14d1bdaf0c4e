// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/private_files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace dorascope::host {
namespace {

namespace fs = std::filesystem;
using Kind = HostError::Kind;

constexpr const char* kAnotherFolder = "Name a folder of your own with --state-dir.";
constexpr mode_t kOwnersAlone = 0600;
constexpr mode_t kOthersRights = S_IRWXG | S_IRWXO;

tl::unexpected<HostError> refuse(std::string problem, std::string remedy)
{
    return tl::unexpected{HostError{Kind::system, std::move(problem), std::move(remedy)}};
}

/// Root may change anything anyway.
bool is_ours(const struct stat& status) { return status.st_uid == ::geteuid() || status.st_uid == 0; }

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

tl::expected<void, HostError> trust_file(const struct stat& status, const fs::path& path)
{
    const std::string name = path.string();
    if (S_ISLNK(status.st_mode))
        return refuse("The file " + name + " is a symbolic link.",
                      "Name the folder that the file itself is in with --state-dir, or remove the link: rm " + quoted(path));
    if (!S_ISREG(status.st_mode))
        return refuse(name + " is no ordinary file.", "Remove it, or name another folder with --state-dir.");
    // Under its other name another server could have it: the lock, and SQLite's log, go by the name.
    if (status.st_nlink > 1)
        return refuse("The file " + name + " has a second name (a hard link).",
                      "Find it with: find / -xdev -samefile " + quoted(path) + "; and remove one of the two.");
    if (!is_ours(status))
        return refuse("The file " + name + " belongs to " + user_name(status.st_uid) + ".",
                      "If you trust what is in it, make it yours: sudo chown " + user_name(::geteuid()) + " " + quoted(path)
                          + "; or name another folder with --state-dir.");
    return {};
}

} // namespace

std::string user_name(uid_t uid)
{
    const passwd* const entry = ::getpwuid(uid);
    return entry && entry->pw_name ? entry->pw_name : std::to_string(uid);
}

tl::expected<Descriptor, HostError> trusted_folder(const fs::path& folder, mode_t mode)
{
    const std::string name = folder.string();
    std::error_code error;
    fs::create_directories(folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path(), error);
    if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST)
        return refuse("The folder " + name + " cannot be made: " + std::strerror(errno) + ".",
                      "Make it writable for you, or name another folder with --state-dir.");
    Descriptor opened{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    struct stat status { };
    if (!opened || ::fstat(opened.get(), &status) != 0)
        return refuse("The folder " + name + " cannot be opened: " + std::strerror(errno) + ".", kAnotherFolder);
    if (!is_ours(status)) return refuse("The folder " + name + " belongs to " + user_name(status.st_uid) + ".", kAnotherFolder);
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (status.st_mode & S_ISVTX) == 0)
        return refuse("Others can write to the folder " + name + ".",
                      "Run: chmod go-w " + quoted(folder) + "; or name another folder with --state-dir.");
    return opened;
}

tl::expected<Descriptor, HostError> private_file(int folder, const std::string& name, const fs::path& path, Missing missing)
{
    const int making = missing == Missing::is_made ? O_CREAT : 0;
    Descriptor file{
        ::openat(folder, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | making, kOwnersAlone)};
    const int error = errno;
    struct stat status { };
    const bool seen =
        file ? ::fstat(file.get(), &status) == 0 : ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!seen && !making && error == ENOENT) return Descriptor{};
    if (seen)
        if (auto trusted = trust_file(status, path); !trusted) return tl::unexpected{std::move(trusted.error())};
    if (!file)
        return refuse("The file " + path.string() + " cannot be opened: " + std::strerror(error) + ".",
                      "Make it and its folder writable for you, or name another folder with --state-dir.");
    if ((status.st_mode & kOthersRights) != 0 && ::fchmod(file.get(), kOwnersAlone) != 0)
        return refuse("Others can open the file " + path.string() + ", and that cannot be changed: " + std::strerror(errno) + ".",
                      "Name another folder with --state-dir.");
    return file;
}

std::optional<HostError> distrust_for_reading(const fs::path& path)
{
    struct stat status { };
    for (const auto& each : {path, path.parent_path()}) {
        if (::lstat(each.c_str(), &status) != 0 || is_ours(status)) continue;
        const std::string owner = user_name(status.st_uid);
        return HostError{Kind::system, each.string() + " belongs to " + owner + ".",
                         "Run this as that user: sudo -u " + owner + " dorascope-cli …"};
    }
    return std::nullopt;
}

} // namespace dorascope::host
