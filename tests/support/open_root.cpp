// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/open_root.h"

#include <cerrno>
#include <filesystem>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlace = "/mnt"; ///< for file systems mounted for a while (FHS)

void check(int result, const fs::path& what)
{
    if (result != 0) throw std::system_error{errno, std::generic_category(), what.string()};
}

bool closed_root()
{
    struct stat root { };
    return ::stat("/", &root) == 0 && (root.st_mode & S_IXOTH) == 0;
}

void bring_along(const fs::directory_entry& entry)
{
    const auto copy = fs::path{kPlace} / entry.path().filename();
    if (entry.is_symlink()) {
        fs::copy_symlink(entry.path(), copy);
    } else if (entry.is_directory() && entry.path() != kPlace) {
        fs::create_directory(copy);
        check(::mount(entry.path().c_str(), copy.c_str(), nullptr, MS_BIND | MS_REC, nullptr), copy);
    }
}

} // namespace

void open_root()
{
    if (!closed_root()) return;
    check(::unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)");
    check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "making mounts private");
    check(::mount("dorascope-test", kPlace, "tmpfs", 0, "mode=0755"), kPlace);
    for (const auto& entry : fs::directory_iterator{"/"})
        bring_along(entry);
    check(::chroot(kPlace), kPlace);
    check(::chdir("/"), "/");
}

} // namespace dorascope::test
