// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/route_check.h"

#include "engine/host/privileged.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace dorascope::host {
namespace {

struct RouteRequest {
    nlmsghdr header{};
    rtmsg route{};
    rtattr attribute{};
    std::uint32_t destination = 0;
};
static_assert(sizeof(RouteRequest) == NLMSG_LENGTH(sizeof(rtmsg)) + RTA_LENGTH(4));

/// The index in RTM_NEWROUTE; 0 in an error: no route leads there.
std::optional<std::uint32_t> read_answer(std::span<const char> octets)
{
    nlmsghdr header{};
    if (octets.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, octets.data(), sizeof header);
    if (header.nlmsg_type == NLMSG_ERROR) return 0;
    if (header.nlmsg_type != RTM_NEWROUTE) return std::nullopt;
    auto rest = octets.first(std::min<std::size_t>(octets.size(), header.nlmsg_len));
    for (std::size_t at = NLMSG_LENGTH(sizeof(rtmsg)); at + sizeof(rtattr) <= rest.size();) {
        rtattr attribute{};
        std::memcpy(&attribute, rest.data() + at, sizeof attribute);
        if (attribute.rta_len < sizeof attribute || at + attribute.rta_len > rest.size()) return std::nullopt;
        std::uint32_t index = 0;
        if (attribute.rta_type == RTA_OIF && attribute.rta_len == RTA_LENGTH(sizeof index)) {
            std::memcpy(&index, rest.data() + at + RTA_LENGTH(0), sizeof index);
            return index;
        }
        at += RTA_ALIGN(attribute.rta_len);
    }
    return 0; // unreachable, blackhole
}

/// Nothing: the kernel would not say.
std::optional<std::uint32_t> interface_to(Ipv4Address destination)
{
    const Descriptor netlink{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
    if (!netlink) return std::nullopt;
    RouteRequest request;
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = RTM_GETROUTE;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.route.rtm_family = AF_INET;
    request.route.rtm_dst_len = 32;
    request.attribute.rta_len = RTA_LENGTH(4);
    request.attribute.rta_type = RTA_DST;
    request.destination = htonl(destination.value);
    if (::send(netlink.get(), &request, sizeof request, 0) != static_cast<ssize_t>(sizeof request)) return std::nullopt;
    std::array<char, 4096> answer;
    const ssize_t length = ::recv(netlink.get(), answer.data(), answer.size(), MSG_DONTWAIT); // answered within send()
    if (length <= 0) return std::nullopt;
    return read_answer(std::span{answer}.first(static_cast<std::size_t>(length)));
}

} // namespace

std::optional<std::string> RouteCheck::check(Instant now, Ipv4Address destination, const Interface& interface)
{
    constexpr std::size_t kMostSaid = 64; // relays; more of them are not worth a sentence each
    if (now < next_ || said_.size() >= kMostSaid || std::ranges::find(said_, destination) != said_.end()) return std::nullopt;
    next_ = now + std::chrono::seconds{1};
    const auto index = interface_to(destination);
    if (!index || *index == interface.index) return std::nullopt;
    said_.push_back(destination);
    std::array<char, IF_NAMESIZE> name{};
    const bool elsewhere = *index != 0 && ::if_indextoname(*index, name.data()) != nullptr;
    return "Replies to " + destination.to_string() + " leave by " + interface.name + ", but "
        + (elsewhere
               ? std::string{"this machine's route there is by "} + name.data() + ": they are lost. Serve on that interface, or "
               : std::string{"no route leads there: they are lost. "})
        + (elsewhere ? "route " : "Route ") + destination.to_string() + " through " + interface.name + ".";
}

} // namespace dorascope::host
