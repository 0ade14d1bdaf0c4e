// SPDX-License-Identifier: GPL-3.0-or-later
// The UNIX socket by which the owner of a running server talks to it: where it is, who may, and what is left of a server that was killed.
#pragma once

#include "engine/host/privileged.h"

#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::host {

/// Where servers put their sockets: `state_dir` when one is named; else /run/dorascope for root, $XDG_RUNTIME_DIR/dorascope for others,
/// and where a session has no runtime directory the default state directory.
std::filesystem::path control_folder(const std::filesystem::path& state_dir);
/// FOLDER/INTERFACE.ctl. `interface` must be usable_interface_name().
std::filesystem::path control_path(const std::filesystem::path& folder, const std::string& interface);
/// What the kernel takes for a name (dev_valid_name): so it cannot lead out of a folder.
bool usable_interface_name(std::string_view name);

/// A listening socket, 0600, in a folder that only its owner can change. Removed with its owner. One that a killed server left behind is
/// replaced; that of a server which runs is not.
class ControlSocket {
public:
    static tl::expected<ControlSocket, HostError> listen(const std::filesystem::path& path);
    ControlSocket(ControlSocket&&) noexcept = default;
    ControlSocket& operator=(ControlSocket&&) noexcept = default;
    ~ControlSocket();

    int descriptor() const { return listener_.get(); }
    const std::filesystem::path& path() const { return path_; }

private:
    ControlSocket() = default;
    std::filesystem::path path_;
    Descriptor folder_, lock_, listener_;
};

/// SO_PEERCRED: the other end runs as this process's user, or as root. The file's mode says the same, but a file's mode can be changed.
bool peer_is_owner(int socket);

/// Connected to the server behind `path`, which is checked to be this user's or root's; root takes any. The error says whether none runs there or it is
/// somebody else's, and what to do.
tl::expected<Descriptor, HostError> connect_control(const std::filesystem::path& path);
/// Interfaces with a server that runs and has its socket in `folder`, in order of name.
std::vector<std::string> controlled_interfaces(const std::filesystem::path& folder);

} // namespace dorascope::host
