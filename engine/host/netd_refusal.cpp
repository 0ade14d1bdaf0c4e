// SPDX-License-Identifier: GPL-3.0-or-later
// What dorascope-netd's refusals mean to a person, and what to do about each.
#include "engine/host/interface.h"
#include "engine/host/netd_process.h"
#include "engine/host/port_holder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <grp.h>
#include <optional>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <vector>

namespace dorascope::host {
namespace {

using Kind = HostError::Kind;

struct Context {
    const NetdReply& reply;
    const std::string netd;
    const std::string& interface;
};

std::string shell_word(const std::string& path)
{
    if (path.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+-@%:=,") == std::string::npos)
        return path;
    std::string out = "'";
    for (const char c : path)
        out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
    return out + "'";
}

/// libpcap's words are for a terminal: nothing but printable ASCII gets there.
std::string detail(const NetdReply& reply)
{
    std::string out;
    for (const char c : std::string{reply.detail})
        out += c >= ' ' && c < 0x7f ? c : '?';
    if (reply.error != 0) out += std::string{out.empty() ? "" : ": "} + std::strerror(reply.error);
    return out;
}

std::string setcap_command(const std::string& netd)
{
    return "sudo setcap cap_net_raw,cap_net_bind_service+ep " + shell_word(netd);
}

constexpr const char* kInContainer = "in a container: start it with --cap-add NET_RAW --cap-add NET_BIND_SERVICE";

/// Capabilities of a file do nothing in some places (capabilities(7)); then setcap alone would be the wrong advice.
HostError no_privilege(const Context& c)
{
    const std::string problem = c.netd + " lacks the capability to open DHCP sockets and captures";
    if (::geteuid() == 0)
        return {Kind::no_privilege, problem + ", and so does this root, as in a container.",
                std::string{"Grant it, "} + kInContainer};
    struct statvfs mount { };
    if (::statvfs(c.netd.c_str(), &mount) == 0 && (mount.f_flag & ST_NOSUID) != 0)
        return {Kind::no_privilege,
                problem + ": it lies on a file system mounted nosuid, where capabilities of files do nothing.",
                "Copy it to a file system without nosuid, name the copy in DORASCOPE_NETD, and run: " + setcap_command("COPY")};
    if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return {Kind::no_privilege, problem + ", and this process may not gain any (no_new_privs is set).",
                "Start DoraScope outside the sandbox or service that set it (systemd: NoNewPrivileges=no), with: "
                    + setcap_command(c.netd)};
    if (::getxattr(c.netd.c_str(), "security.capability", nullptr, 0) > 0)
        return {Kind::no_privilege, problem + ": the file has capabilities, but not these, or this environment withholds them.",
                "Run: " + setcap_command(c.netd) + " (" + kInContainer + ")"};
    return {Kind::no_privilege, problem + ".", "Run: " + setcap_command(c.netd)};
}

HostError no_such_interface(const Context& c) { return unknown_interface(c.interface); }

HostError interface_down(const Context& c)
{
    return {Kind::interface_down, "Interface " + c.interface + " is down.",
            "Run: sudo ip link set dev " + shell_word(c.interface) + " up"};
}

HostError port_taken(const Context&)
{
    const auto holder = find_udp_port_holder(67);
    if (!holder)
        return {Kind::port_taken, "UDP port 67 is held by another process.", "Find it with: sudo ss -lunp 'sport = :67'"};
    if (holder->pid > 0)
        return {Kind::port_taken, "UDP port 67 is held by " + holder->process + " (process " + std::to_string(holder->pid) + ").",
                "Stop that DHCP server first, or serve in a network of its own."};
    return {Kind::port_taken, "UDP port 67 is held by a process of user " + holder->user + ".",
            "Find it with: sudo ss -lunp 'sport = :67'"};
}

HostError unsupported_link(const Context& c)
{
    return {Kind::bad_argument, "Interface " + c.interface + " is of a kind that DoraScope does not read (no Ethernet).",
            "Choose an Ethernet or wireless interface."};
}

/// Installed for a group (0750), and this process is not in it. Nothing: that is not why.
std::optional<HostError> not_in_group(const Context& c)
{
    struct stat status { };
    const auto* const user = ::getpwuid(::geteuid());
    const auto* const group = ::stat(c.netd.c_str(), &status) == 0 ? ::getgrgid(status.st_gid) : nullptr;
    if (c.reply.error != EACCES || !user || !group || (status.st_mode & (S_IXGRP | S_IXOTH)) != S_IXGRP) return std::nullopt;
    const std::string name = group->gr_name;
    std::vector<gid_t> groups(65536); // NGROUPS_MAX
    int count = static_cast<int>(groups.size());
    ::getgrouplist(user->pw_name, user->pw_gid, groups.data(), &count);
    groups.resize(static_cast<std::size_t>(std::max(count, 0)));
    const std::string problem = "Only members of the group " + name + " may start " + c.netd;
    if (std::ranges::find(groups, status.st_gid) != groups.end())
        return HostError{Kind::no_privilege, problem + "; you are one, but were not yet when you logged in.",
                         "Log in again, or run: newgrp " + name};
    return HostError{Kind::no_privilege, problem + ", and you are none.",
                     "Run: sudo usermod -aG " + name + " " + user->pw_name + "; then log in again"};
}

HostError not_started(const Context& c)
{
    // A file whose capabilities are outside the bounding set is not executed at all (capabilities(7), safety checking).
    if (c.reply.error == EPERM) return no_privilege(c);
    if (auto outside = not_in_group(c)) return std::move(*outside);
    return {Kind::helper_missing, "Cannot start " + c.netd + ": " + std::strerror(c.reply.error) + ".",
            c.reply.error == EACCES ? "Make it executable for you: sudo chmod a+rx " + shell_word(c.netd)
                                    : "Reinstall DoraScope, or set DORASCOPE_NETD."};
}

HostError bad_request(const Context& c)
{
    return {Kind::bad_argument, c.netd + " does not understand the request (" + detail(c.reply) + ").",
            "It may be of another version: reinstall DoraScope, so that both are the same."};
}

HostError system(const Context& c)
{
    return {Kind::system, "Interface " + c.interface + " cannot be opened: " + detail(c.reply) + ".", ""};
}

struct Row {
    NetdStatus status;
    HostError (*explain)(const Context&);
};
constexpr Row kRows[] = {
    {NetdStatus::bad_request, bad_request},       {NetdStatus::no_such_interface, no_such_interface},
    {NetdStatus::interface_down, interface_down}, {NetdStatus::no_privilege, no_privilege},
    {NetdStatus::port_taken, port_taken},         {NetdStatus::unsupported_link, unsupported_link},
    {NetdStatus::not_started, not_started},
};

} // namespace

HostError explain_refusal(const NetdReply& reply, const std::filesystem::path& netd, const std::string& interface)
{
    const Context context{reply, netd.string(), interface};
    for (const Row& row : kRows)
        if (static_cast<std::uint32_t>(row.status) == reply.status) return row.explain(context);
    return system(context);
}

} // namespace dorascope::host
