// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/interface.h"

#include "engine/host/privileged.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <ifaddrs.h>
#include <limits>
#include <memory>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace dorascope::host {
namespace {

struct FreeAddresses {
    void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

Ipv4Address address_of(const sockaddr* socket)
{
    sockaddr_in in{};
    std::memcpy(&in, socket, sizeof in);
    return {ntohl(in.sin_addr.s_addr)};
}

void read_flags(const ifaddrs& entry, Interface& interface)
{
    interface.up = (entry.ifa_flags & IFF_UP) != 0;
    interface.carrier = (entry.ifa_flags & IFF_RUNNING) != 0;
    interface.loopback = (entry.ifa_flags & IFF_LOOPBACK) != 0;
}

void read_link(const sockaddr* socket, Interface& interface)
{
    sockaddr_ll link{};
    std::memcpy(&link, socket, sizeof link);
    interface.index = static_cast<std::uint32_t>(link.sll_ifindex);
    interface.ethernet = link.sll_hatype == ARPHRD_ETHER;
    if (link.sll_halen == interface.mac.octets.size()) std::copy_n(link.sll_addr, link.sll_halen, interface.mac.octets.begin());
}

void read_address(const ifaddrs& entry, Interface& interface)
{
    const Ipv4Address address = address_of(entry.ifa_addr);
    const auto length = entry.ifa_netmask ? prefix_length(address_of(entry.ifa_netmask)) : std::nullopt;
    interface.addresses.push_back({address, Ipv4Prefix::of(address, length.value_or(32))});
}

void read_mtu(const Descriptor& socket, Interface& interface)
{
    ifreq query{};
    interface.name.copy(query.ifr_name, sizeof query.ifr_name - 1);
    if (::ioctl(socket.get(), SIOCGIFMTU, &query) != 0 || query.ifr_mtu <= 0) return;
    constexpr int kMost = std::numeric_limits<std::uint16_t>::max(); // of an IP datagram; loopback says one more
    interface.mtu = static_cast<std::uint16_t>(std::min(query.ifr_mtu, kMost));
}

std::string choices(const std::vector<Interface>& all)
{
    std::string names;
    for (const auto& interface : all)
        if (interface.ethernet) names += (names.empty() ? "" : ", ") + interface.name;
    return names.empty() ? "This machine has no Ethernet interface." : "Choose one of: " + names + ".";
}

} // namespace

tl::expected<std::vector<Interface>, HostError> interfaces()
{
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0)
        return tl::unexpected{
            HostError{HostError::Kind::system, std::string{"Cannot list the interfaces: "} + std::strerror(errno) + ".", ""}};
    const std::unique_ptr<ifaddrs, FreeAddresses> list{raw};
    std::vector<Interface> found;
    for (const ifaddrs* entry = list.get(); entry; entry = entry->ifa_next) {
        // An address may carry a label ("eth0:1"); the interface is what stands before the colon.
        const std::string name = std::string{entry->ifa_name}.substr(0, std::string_view{entry->ifa_name}.find(':'));
        auto place = std::find_if(found.begin(), found.end(), [&](const Interface& i) { return i.name == name; });
        if (place == found.end()) {
            place = found.insert(found.end(), Interface{});
            place->name = name;
            place->index = ::if_nametoindex(name.c_str());
        }
        read_flags(*entry, *place);
        if (!entry->ifa_addr) continue;
        if (entry->ifa_addr->sa_family == AF_PACKET) read_link(entry->ifa_addr, *place);
        if (entry->ifa_addr->sa_family == AF_INET) read_address(*entry, *place);
    }
    const Descriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    for (Interface& interface : found)
        read_mtu(socket, interface);
    std::stable_sort(found.begin(), found.end(), [](const Interface& a, const Interface& b) { return a.index < b.index; });
    return found;
}

HostError unknown_interface(const std::string& name)
{
    const auto all = interfaces();
    return {HostError::Kind::no_such_interface,
            name.empty() ? "No interface is named." : "Interface " + name + " does not exist.",
            all ? choices(*all) : all.error().text()};
}

tl::expected<Interface, HostError> interface_to_serve(const std::string& name)
{
    using Kind = HostError::Kind;
    const auto all = interfaces();
    if (!all) return tl::unexpected{all.error()};
    const auto found = std::find_if(all->begin(), all->end(), [&](const Interface& i) { return i.name == name; });
    if (found == all->end()) return tl::unexpected{unknown_interface(name)};
    if (!found->ethernet)
        return tl::unexpected{HostError{
            Kind::bad_argument, "Interface " + name + " is not Ethernet, so no DHCP client can be on it.", choices(*all)}};
    if (!found->up)
        return tl::unexpected{
            HostError{Kind::interface_down, "Interface " + name + " is down.", "Run: sudo ip link set dev " + name + " up"}};
    if (found->addresses.empty())
        return tl::unexpected{
            HostError{Kind::no_address, "Interface " + name + " has no IPv4 address, which a server needs as its identifier.",
                      "Give it one outside the pool, for example: sudo ip address add 192.168.1.1/24 dev " + name}};
    return *found;
}

std::vector<Ipv4Address> own_addresses(const Interface& interface)
{
    std::vector<Ipv4Address> own;
    for (const auto& address : interface.addresses)
        own.push_back(address.address);
    return own;
}

} // namespace dorascope::host
