// SPDX-License-Identifier: GPL-3.0-or-later
// Files that a program has open, and whether their names still lead to them. Whoever writes to a file that was removed writes to nobody.
#pragma once

#include "engine/host/privileged.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::host {

class KeptFiles {
public:
    KeptFiles() = default;
    /// `folder` is open, with O_PATH at least, and is kept too: under `path`, without links and from the root.
    KeptFiles(Descriptor folder, std::string path);

    /// From now on this name has to lead where it does now; one that leads nowhere is not kept.
    void keep(const std::string& name);
    /// The first name (of the folder: its path) that leads elsewhere, or nowhere. Asks for no times, which would cost the next sync a write of the inode (see
    /// LeaseStore).
    std::optional<std::string_view> lost() const;

private:
    struct Identity {
        std::uint32_t major = 0, minor = 0;
        std::uint64_t inode = 0;
        bool operator==(const Identity&) const = default;
    };
    static std::optional<Identity> identity_of(int folder, const std::string& name);

    struct File {
        std::string name;
        Identity identity;
    };
    Descriptor folder_;
    std::string path_;
    std::optional<Identity> place_; ///< of the folder
    std::vector<File> files_;
};

} // namespace dorascope::host
