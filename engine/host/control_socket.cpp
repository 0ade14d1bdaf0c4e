// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/control_socket.h"

#include "engine/host/private_files.h"
#include "engine/host/server_host.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace dorascope::host {
namespace {

namespace fs = std::filesystem;
using Kind = HostError::Kind;

constexpr std::string_view kSuffix = ".ctl";

HostError cannot(const std::string& what, int error, std::string remedy)
{
    return {Kind::system, what + ": " + std::strerror(error) + ".", std::move(remedy)};
}

/// A path of any length as an address that has room for 108 octets: through the open folder.
bool address_in(int folder, const fs::path& path, sockaddr_un& address)
{
    address.sun_family = AF_UNIX;
    const std::string text = "/proc/self/fd/" + std::to_string(folder) + "/" + path.filename().string();
    if (text.size() >= sizeof address.sun_path) return false;
    text.copy(static_cast<char*>(address.sun_path), text.size());
    return true;
}

Descriptor open_folder(const fs::path& folder) { return Descriptor{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)}; }

Descriptor new_socket() { return Descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)}; }

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// Who holds the lock runs; whatever socket lies there without a holder is what a killed server left.
tl::expected<Descriptor, HostError> lock_beside(int folder, const fs::path& path)
{
    const std::string name = path.filename().string() + ".lock";
    Descriptor lock{::openat(folder, name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!lock) return tl::unexpected{cannot("The lock file " + path.string() + ".lock cannot be opened", errno, "")};
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    return tl::unexpected{HostError{Kind::system, "Another server is controlled through " + path.string() + ".",
                                    "Stop it first, or name another folder with --state-dir."}};
}

} // namespace

fs::path control_folder(const fs::path& state_dir)
{
    if (!state_dir.empty()) return state_dir;
    if (::geteuid() == 0) return "/run/dorascope";
    if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime && runtime[0] == '/')
        return fs::path{runtime} / "dorascope";
    return default_state_dir();
}

fs::path control_path(const fs::path& folder, const std::string& interface)
{
    return folder / (interface + std::string{kSuffix});
}

bool usable_interface_name(std::string_view name)
{
    const auto odd = [](char c) { return c == '/' || c == ':' || c == '\0' || std::isspace(static_cast<unsigned char>(c)) != 0; };
    return !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." && !std::ranges::any_of(name, odd);
}

tl::expected<ControlSocket, HostError> ControlSocket::listen(const fs::path& path)
{
    ControlSocket made;
    // Others may see which interfaces are served; the sockets themselves are closed to them.
    auto folder = trusted_folder(path.parent_path(), 0755);
    if (!folder) return tl::unexpected{std::move(folder.error())};
    auto lock = lock_beside(folder->get(), path);
    if (!lock) return tl::unexpected{std::move(lock.error())};
    made.folder_ = std::move(*folder);
    made.lock_ = std::move(*lock);
    made.path_ = path;
    made.listener_ = Descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    sockaddr_un address{};
    const bool named = address_in(made.folder_.get(), path, address);
    ::unlinkat(made.folder_.get(), path.filename().c_str(), 0);
    // The mode of the socket is that of its file from the first moment on: nobody slips in between bind() and a chmod().
    if (!named || !made.listener_ || ::fchmod(made.listener_.get(), 0600) != 0
        || ::bind(made.listener_.get(), generic(address), sizeof address) != 0 || ::listen(made.listener_.get(), 8) != 0)
        return tl::unexpected{cannot("The control socket " + path.string() + " cannot be made", named ? errno : ENAMETOOLONG,
                                     "Make its folder writable for you, or name another one with --state-dir.")};
    return made;
}

ControlSocket::~ControlSocket()
{
    // While the lock is held; a successor that waits for it then makes its own.
    if (listener_) ::unlinkat(folder_.get(), path_.filename().c_str(), 0);
}

bool peer_is_owner(int socket)
{
    ucred peer{};
    socklen_t length = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
    return peer.uid == ::geteuid() || peer.uid == 0;
}

tl::expected<Descriptor, HostError> connect_control(const fs::path& path)
{
    const std::string interface = path.stem().string();
    const auto folder = open_folder(path.parent_path());
    auto connected = new_socket();
    sockaddr_un address{};
    errno = ENOENT;
    if (folder && connected && address_in(folder.get(), path, address)
        && ::connect(connected.get(), generic(address), sizeof address) == 0) {
        // Root may order about whatever server; nobody else is to be told what to ask by whoever put a socket there.
        if (::geteuid() == 0 || peer_is_owner(connected.get())) return connected;
        errno = EACCES;
    }
    const int error = errno;
    if (error == EACCES) {
        struct stat status { };
        const bool known = ::stat(path.c_str(), &status) == 0;
        return tl::unexpected{
            HostError{Kind::no_privilege,
                      "The server on " + interface + (known ? " belongs to " + user_name(status.st_uid) : " is not yours") + ".",
                      known && status.st_uid != 0
                          ? "Run this as that user, or as root (with --state-dir " + path.parent_path().string() + ")."
                          : "Run this as root: sudo dorascope-cli ctl …"}};
    }
    if (error == ENOENT || error == ECONNREFUSED)
        return tl::unexpected{
            HostError{Kind::no_such_interface, "No server of yours runs on " + interface + ".",
                      "Looked for " + path.string() + "; name its folder with --state-dir if it was started with one."}};
    return tl::unexpected{cannot("The control socket " + path.string() + " cannot be reached", error, "")};
}

std::vector<std::string> controlled_interfaces(const fs::path& folder)
{
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}, end; !error && entry != end; entry.increment(error)) {
        const auto& path = entry->path();
        if (path.extension() != kSuffix || !usable_interface_name(path.stem().string())) continue;
        const auto server = connect_control(path);
        const bool runs = server || server.error().kind == Kind::no_privilege;
        if (runs) names.push_back(path.stem().string());
    }
    std::ranges::sort(names);
    return names;
}

} // namespace dorascope::host
