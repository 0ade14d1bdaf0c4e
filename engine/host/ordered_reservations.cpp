// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/ordered_reservations.h"

#include "engine/wire/hex.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace dorascope::host {
namespace {

using server::Reservation;

/// As the server compares host names (RFC 1035 §2.3.3).
std::string in_lower_case(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// Who has which address of the configuration, and what was put into it since.
class Fitting {
public:
    Fitting(server::Config config, std::span<const Reservation> ordered) : config_{std::move(config)}
    {
        std::set<Ipv4Address> addresses; // what is asked for: of a hundred thousand reservations few are in its way
        std::set<Client> clients;
        for (const Reservation& r : ordered) {
            addresses.insert(r.address);
            for (const Client& client : clients_of(r))
                clients.insert(client);
        }
        const auto matters = [&](const Reservation& r) {
            const auto is_wanted = [&](const Client& client) { return clients.contains(client); };
            return addresses.contains(r.address) || std::ranges::any_of(clients_of(r), is_wanted);
        };
        for (std::size_t s = 0; s < config_.subnets.size(); ++s) {
            homes_.emplace_back(config_.subnets[s].prefix, s);
            for (const Reservation& r : config_.subnets[s].reservations)
                if (matters(r)) note(s, r);
        }
        std::ranges::sort(homes_);
    }

    /// Those that go together with the configuration and with one another, as far as addresses and clients tell.
    std::vector<Reservation> suitable(std::span<const Reservation> ordered, std::vector<LeftOut>& excluded)
    {
        std::vector<Reservation> fit;
        for (const Reservation& r : ordered) {
            const auto home = home_of(r.address);
            if (const auto why = home ? conflict(*home, r) : "it lies in no subnet that is served") {
                excluded.push_back({r, *why, has(r)});
            } else {
                note(*home, r);
                fit.push_back(r);
            }
        }
        return fit;
    }

    /// All that validate() takes: a half that has a fault in it is halved again.
    void put_in(std::span<const Reservation> some, std::vector<LeftOut>& faulty)
    {
        if (some.empty()) return;
        for (const Reservation& r : some)
            config_.subnets[*home_of(r.address)].reservations.push_back(r);
        const auto errors = server::validate(config_);
        if (errors.empty()) return;
        for (const Reservation& r : some)
            config_.subnets[*home_of(r.address)].reservations.pop_back();
        if (some.size() == 1) return faulty.push_back({some.front(), all_of(errors)});
        put_in(some.first(some.size() / 2), faulty);
        put_in(some.subspan(some.size() / 2), faulty);
    }

    server::Config take() { return std::move(config_); }

private:
    /// One way to know it by; everything else is empty.
    struct Client {
        std::optional<HardwareAddress> hardware{};
        std::vector<std::uint8_t> client_id{}, circuit_id{}, remote_id{};
        std::string hostname{}; ///< in lower case
        auto operator<=>(const Client&) const = default;
    };
    static std::vector<Client> clients_of(const Reservation& r)
    {
        std::vector<Client> clients;
        if (r.hardware) clients.emplace_back().hardware = r.hardware;
        if (!r.client_id.empty()) clients.emplace_back().client_id = r.client_id;
        if (!r.client_hostname.empty()) clients.emplace_back().hostname = in_lower_case(r.client_hostname);
        if (r.circuit_id.empty() && r.remote_id.empty()) return clients;
        Client& port = clients.emplace_back();
        port.circuit_id = r.circuit_id;
        port.remote_id = r.remote_id;
        return clients;
    }

    void note(std::size_t subnet, const Reservation& r)
    {
        holders_.try_emplace(r.address, r);
        for (Client& client : clients_of(r))
            addresses_.try_emplace({subnet, std::move(client)}, r.address);
    }

    std::optional<std::size_t> home_of(Ipv4Address address) const
    {
        const auto network = [](const auto& home) { return home.first.network; };
        const auto after = std::ranges::upper_bound(homes_, address, {}, network);
        if (after == homes_.begin() || !std::prev(after)->first.contains(address)) return std::nullopt;
        return std::prev(after)->second;
    }

    /// Word for word, but for the options, which cannot be ordered.
    bool has(Reservation r) const
    {
        const auto holder = holders_.find(r.address);
        if (holder == holders_.end()) return false;
        r.options = holder->second.options;
        return r == holder->second;
    }

    std::optional<std::string> conflict(std::size_t subnet, const Reservation& r) const
    {
        if (const auto holder = holders_.find(r.address); holder != holders_.end())
            return "it is reserved for " + client_of(holder->second) + " already";
        for (Client& client : clients_of(r)) {
            const auto other = addresses_.find({subnet, std::move(client)});
            if (other != addresses_.end()) return client_of(r) + " has " + other->second.to_string() + " reserved already";
        }
        return std::nullopt;
    }

    server::Config config_;
    std::vector<std::pair<Ipv4Prefix, std::size_t>> homes_; ///< in ascending order; those of a valid configuration do not overlap
    std::map<Ipv4Address, Reservation> holders_;
    std::map<std::pair<std::size_t, Client>, Ipv4Address> addresses_; ///< of a client in a subnet
};

} // namespace

bool is_for_one(const Reservation& r)
{
    const bool by_relay = !r.circuit_id.empty() || !r.remote_id.empty();
    return int{r.hardware.has_value()} + int{!r.client_id.empty()} + int{!r.client_hostname.empty()} + int{by_relay} == 1;
}

std::string client_of(const Reservation& reservation)
{
    if (reservation.hardware) return reservation.hardware->to_string();
    if (!reservation.client_id.empty()) return "client identifier " + wire::to_hex(reservation.client_id);
    if (!reservation.client_hostname.empty()) return "host name " + reservation.client_hostname;
    const auto circuit = wire::to_hex(reservation.circuit_id), remote = wire::to_hex(reservation.remote_id);
    return "what hangs on " + (circuit.empty() ? "" : "circuit " + circuit + (remote.empty() ? "" : ", "))
        + (remote.empty() ? "" : "remote " + remote);
}

std::string all_of(const server::ConfigErrors& errors)
{
    std::string text;
    for (const auto& error : errors)
        text += (text.empty() ? "" : "; ") + error.problem;
    return text;
}

std::string to_sentence(const LeftOut& left_out)
{
    return fmt::format("The reservation of {} for {} is left out: {}.", left_out.reservation.address.to_string(),
                       client_of(left_out.reservation), left_out.why);
}

std::vector<std::string> sentences(const std::vector<LeftOut>& left_out)
{
    std::vector<std::string> out;
    for (const LeftOut& each : left_out)
        if (!each.same) out.push_back(to_sentence(each));
    return out;
}

server::Config with_reservations(server::Config configured, const std::vector<Reservation>& ordered,
                                 std::vector<LeftOut>& left_out)
{
    if (ordered.empty()) return configured;
    std::vector<Reservation> rest = ordered;
    for (;;) {
        std::vector<LeftOut> excluded, faulty;
        Fitting fitting{configured, rest};
        fitting.put_in(fitting.suitable(rest, excluded), faulty);
        left_out.insert(left_out.end(), faulty.begin(), faulty.end());
        // One that is not there excludes nobody.
        const bool again = !faulty.empty() && !excluded.empty();
        if (!again) {
            left_out.insert(left_out.end(), excluded.begin(), excluded.end());
            return fitting.take();
        }
        std::erase_if(rest,
                      [&](const Reservation& r) { return std::ranges::find(faulty, r, &LeftOut::reservation) != faulty.end(); });
    }
}

} // namespace dorascope::host
