// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/port_holder.h"

#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <pwd.h>
#include <sstream>
#include <system_error>

namespace dorascope::host {
namespace {

namespace fs = std::filesystem;

struct Socket {
    std::uint32_t uid = 0;
    std::string inode;
};

// proc(5): "sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …", addresses as HEX:HEXPORT.
std::optional<Socket> find_socket(std::uint16_t port)
{
    const auto suffix = fmt::format(":{:04X}", port);
    for (const char* table : {"/proc/net/udp", "/proc/net/udp6"}) {
        std::ifstream in{table};
        std::string line;
        std::getline(in, line); // headings
        while (std::getline(in, line)) {
            std::istringstream words{line};
            std::string skipped, local;
            Socket socket;
            words >> skipped >> local >> skipped >> skipped >> skipped >> skipped >> skipped >> socket.uid >> skipped
                >> socket.inode;
            if (words && local.ends_with(suffix)) return socket;
        }
    }
    return std::nullopt;
}

bool holds(const fs::path& process, const std::string& link)
{
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{process / "fd", error})
        if (fs::read_symlink(entry.path(), error) == link) return true;
    return false;
}

void find_process(const std::string& inode, PortHolder& holder)
{
    const std::string link = "socket:[" + inode + "]";
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{"/proc", error}) {
        const std::string name = entry.path().filename();
        if (std::isdigit(static_cast<unsigned char>(name.front())) == 0 || !holds(entry.path(), link)) continue;
        holder.pid = std::stoi(name);
        std::ifstream{entry.path() / "comm"} >> holder.process;
        return;
    }
}

} // namespace

std::optional<PortHolder> find_udp_port_holder(std::uint16_t port)
{
    const auto socket = find_socket(port);
    if (!socket) return std::nullopt;
    PortHolder holder;
    const passwd* const user = ::getpwuid(socket->uid);
    holder.user = user ? user->pw_name : std::to_string(socket->uid);
    find_process(socket->inode, holder);
    return holder;
}

} // namespace dorascope::host
