// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/kept_files.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>

namespace dorascope::host {

KeptFiles::KeptFiles(Descriptor folder, std::string path)
    : folder_{std::move(folder)}, path_{std::move(path)}, place_{identity_of(AT_FDCWD, path_)}
{ }

std::optional<KeptFiles::Identity> KeptFiles::identity_of(int folder, const std::string& name)
{
    struct statx found { };
    if (::statx(folder, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_INO, &found) != 0) return std::nullopt;
    return Identity{found.stx_dev_major, found.stx_dev_minor, found.stx_ino};
}

void KeptFiles::keep(const std::string& name)
{
    std::erase_if(files_, [&](const File& file) { return file.name == name; });
    if (const auto identity = identity_of(folder_.get(), name)) files_.push_back({name, *identity});
}

std::optional<std::string_view> KeptFiles::lost() const
{
    if (place_ && identity_of(AT_FDCWD, path_) != place_) return path_; // another one stands where it did
    const auto gone =
        std::ranges::find_if(files_, [this](const File& file) { return identity_of(folder_.get(), file.name) != file.identity; });
    return gone == files_.end() ? std::nullopt : std::optional<std::string_view>{gone->name};
}

} // namespace dorascope::host
