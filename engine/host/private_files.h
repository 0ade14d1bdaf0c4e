// SPDX-License-Identifier: GPL-3.0-or-later
// Folders and files that nobody else may change, and files that nobody else may even open: who can read a file can also lock it.
#pragma once

#include "engine/host/host_error.h"
#include "engine/host/privileged.h"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>

namespace dorascope::host {

/// For a sentence: the name of a user's account, or its number.
std::string user_name(uid_t uid);

/// A folder (O_PATH) of this user or of root that no other user can put files into; one with the sticky bit is let be, since nobody can
/// replace another's file there. Makes it with `mode` where it is missing. Looked at through the descriptor, so it is the one that is used.
tl::expected<Descriptor, HostError> trusted_folder(const std::filesystem::path& folder, mode_t mode);

enum class Missing { is_made, stays };
/// Opens `name` in an open folder, never through a link, without waiting; takes every right off it that others have (0600). Refuses what
/// another user has put there, and what has a second name. Nothing (an empty descriptor): it is missing, and stays so. `path` is what a person calls it.
tl::expected<Descriptor, HostError> private_file(int folder, const std::string& name, const std::filesystem::path& path,
                                                 Missing missing);

/// Why a file should not even be read: it, or its folder, is of another user than this one and root. Opens nothing (close(2) would take
/// the locks off that SQLite has put on a file elsewhere in this process, fcntl_locking(2)).
std::optional<HostError> distrust_for_reading(const std::filesystem::path& path);

} // namespace dorascope::host
