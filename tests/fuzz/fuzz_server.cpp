// SPDX-License-Identifier: GPL-3.0-or-later
// The server under any sequence of packets and instants. The input is a list of events, each an octet of kind and its operands; packets
// come as they are or as a template with octets changed. After every event the books must balance:
// one decision a packet, never two clients with one address (the ledger), next_deadline() always makes progress, roll_back() is exact.
#include "engine/server/dhcp_server.h"
#include "tests/server/ledger.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using namespace dorascope;
using namespace dorascope::server;
using namespace std::chrono_literals;

void require(bool holds, std::string_view what)
{
    if (holds) return;
    std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

/// Reads the input; zero past its end.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_{data, size} { }
    bool empty() const { return rest_.empty(); }
    std::uint8_t u8()
    {
        if (rest_.empty()) return 0;
        const std::uint8_t v = rest_.front();
        rest_ = rest_.subspan(1);
        return v;
    }
    std::uint16_t u16() { return static_cast<std::uint16_t>(u8() << 8 | u8()); }
    std::span<const std::uint8_t> take(std::size_t n)
    {
        const auto head = rest_.first(std::min(n, rest_.size()));
        rest_ = rest_.subspan(head.size());
        return head;
    }

private:
    std::span<const std::uint8_t> rest_;
};

constexpr Ipv4Address kLocal = Ipv4Address::from_octets(192, 168, 1, 2), kOtherLocal = Ipv4Address::from_octets(10, 0, 0, 1);

Config small_network()
{
    Config config;
    Subnet first;
    first.prefix = {Ipv4Address::from_octets(192, 168, 1, 0), 24};
    first.pools = {{Ipv4Address::from_octets(192, 168, 1, 1), Ipv4Address::from_octets(192, 168, 1, 8)}};
    first.exclusions = {{Ipv4Address::from_octets(192, 168, 1, 5), Ipv4Address::from_octets(192, 168, 1, 5)}};
    first.options.routers = {Ipv4Address::from_octets(192, 168, 1, 1)};
    first.options.dns_servers = {Ipv4Address::from_octets(9, 9, 9, 9)};
    first.options.domain_name = "lab.example";
    first.options.extra = {{121, {std::byte{0}, std::byte{192}, std::byte{168}, std::byte{1}, std::byte{1}}},
                           {240, std::vector<std::byte>(300, std::byte{7})}};
    first.reservations = {{Ipv4Address::from_octets(192, 168, 1, 50), HardwareAddress::of({{2, 0, 0, 0, 0, 1}}), {}, "one"},
                          {Ipv4Address::from_octets(192, 168, 1, 4), std::nullopt, {0xff, 2}, {}}};
    first.lease_seconds = 100;
    first.min_lease_seconds = 10;
    first.max_lease_seconds = kInfiniteSeconds;
    Subnet second;
    second.prefix = {Ipv4Address::from_octets(10, 0, 0, 0), 30};
    second.pools = {{Ipv4Address::from_octets(10, 0, 0, 1), Ipv4Address::from_octets(10, 0, 0, 2)}};
    config.subnets = {first, second};
    config.max_offers = 5;
    return config;
}

class Session {
public:
    Session() : config_{small_network()}, server_{*DhcpServer::create(config_, {}, now_)}, ledger_{config_} { }

    void play(Input input)
    {
        choose_config(input.u8(), input.u8());
        restart();
        for (int events = 0; !input.empty() && events < 400; ++events) {
            play_one(input);
            const std::string fault = ledger_.audit(server_);
            require(fault.empty(), fault);
        }
    }

private:
    void play_one(Input& input)
    {
        const std::uint8_t kind = input.u8();
        switch (kind % 16) {
        case 0: return raw_packet(input);
        case 1: return wait(std::chrono::seconds{input.u8()});
        case 2: return wait(std::chrono::seconds{input.u16()});
        case 3: now_ += std::chrono::seconds{input.u8()}; return; // nobody calls advance()
        case 4: now_ -= std::chrono::seconds{input.u16()}; return ledger_.set_back(now_);
        case 5: return restart();
        case 6: return probe(address(input.u8()), input.u8());
        case 7: storing_ = !storing_; return;
        case 8: return reconfigure(input.u8(), input.u8());
        case 9: return order(input.u8(), address(input.u8()));
        case 10: return overhear(input);
        case 11: return wait(std::chrono::milliseconds{input.u8()});
        default: return made_packet(input, kind);
        }
    }

    void choose_config(std::uint8_t how, std::uint8_t more)
    {
        config_ = small_network();
        config_.authority = static_cast<server::Authority>((how & 3) % 3);
        config_.probe = {(how & 4) != 0, 1 + (how & 8U) / 8, 100ms};
        config_.polite_delay = 150ms;
        config_.rapid_commit = (how & 16) != 0;
        config_.bootp = (how & 32) != 0;
        config_.subnet_selection = (how & 64) != 0;
        if ((how & 128) != 0) config_.subnets.pop_back();
        config_.limits.client_per_second = more & 3U;
        config_.limits.total_per_second = (more & 12U) / 4;
        config_.limits.offers_per_mac = (more & 48U) / 16;
        if ((more & 64) != 0) config_.subnets[0].pools[0].last = Ipv4Address::from_octets(192, 168, 1, 5);
        if ((more & 128) != 0) config_.subnets[0].reservations.clear();
    }

    static Ipv4Address address(std::uint8_t v)
    {
        if (v < 64) return Ipv4Address::from_octets(192, 168, 1, v);
        if (v < 72) return Ipv4Address::from_octets(10, 0, 0, static_cast<std::uint8_t>(v - 64));
        return v < 80 ? Ipv4Address{} : Ipv4Address::from_octets(172, 16, v, 1);
    }

    void raw_packet(Input& input)
    {
        const auto bytes = input.take(input.u16() % 1500);
        hear(std::as_bytes(bytes), (input.u8() & 1) != 0, kLocal);
    }

    /// A message whose every field the input chooses, among values that meet each other.
    void made_packet(Input& input, std::uint8_t kind)
    {
        wire::Message m;
        const std::uint8_t who = input.u8(), what = input.u8(), shape = input.u8();
        m.set_hardware(HardwareAddress::of({{2, 0, 0, 0, 0, static_cast<std::uint8_t>(who & 7)}}));
        m.xid = who;
        m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(what % 9));
        if ((who & 0x10) != 0) {
            const std::array<std::uint8_t, 2> id{0xff, static_cast<std::uint8_t>(who & 3)};
            m.options.set(wire::option::client_identifier, std::as_bytes(std::span{id}));
        }
        if ((who & 0x20) != 0) m.flags = wire::kBroadcastFlag;
        if ((shape & 1) != 0) m.options.set_address(wire::option::requested_address, address(input.u8()));
        if ((shape & 2) != 0) m.ciaddr = address(input.u8());
        if ((shape & 4) != 0)
            m.options.set_address(wire::option::server_identifier, (kind & 0x10) != 0 ? address(input.u8()) : kLocal);
        if ((shape & 8) != 0) m.giaddr = address(input.u8());
        if ((shape & 16) != 0) m.options.set_u32(wire::option::lease_time, std::uint32_t{input.u8()} * 0x01010101U);
        if ((shape & 32) != 0) m.options.set(wire::option::parameter_request_list, std::as_bytes(input.take(input.u8() % 32)));
        if ((shape & 64) != 0) m.options.set_u16(wire::option::max_message_size, input.u16());
        if ((shape & 128) != 0) m.options.set(input.u8(), std::as_bytes(input.take(input.u8())));
        wire::emit(m, {.max_payload = 2000, .min_payload = 300, .may_overload = true}, payload_);
        hear(payload_, (kind & 0x20) != 0, (kind & 0x40) != 0 ? kOtherLocal : kLocal);
    }

    void hear(std::span<const std::byte> payload, bool unicast, Ipv4Address local)
    {
        Inbound inbound;
        inbound.payload = payload;
        inbound.local = local;
        inbound.destination = unicast ? local : kBroadcastAddress;
        if (payload.size() > 34) inbound.source_mac = {{2, 0, 0, 0, 0, std::to_integer<std::uint8_t>(payload[33])}};
        std::vector<Lease> before;
        if (!storing_) {
            wait(0s); // what time does is not taken back
            before = server_.leases();
        }
        out_.clear();
        server_.receive(now_, inbound, out_);
        require(out_.decisions().size() == 1, "one packet, one decision");
        require(!out_.decisions()[0].steps.empty(), "a decision has a reason");
        require(out_.decisions()[0].steps.size() < 64, "a trace is bounded");
        for (const DecisionStep& step : out_.decisions()[0].steps)
            require(!explain(step).text.empty(), "a step has words");
        require(!summary(out_.decisions()[0]).empty(), "a decision has words");
        require((out_.decisions()[0].outcome == Outcome::replied) == (out_.transmits().size() == 1), "replied means sent");
        const auto request = wire::parse(payload);
        if (request && out_.decisions()[0].outcome == Outcome::recorded) ledger_.waits(*request);
        if (!storing_) {
            server_.roll_back(out_);
            require(server_.leases() == before, "roll_back() is exact");
            ledger_.pass_time(now_);
            return;
        }
        store();
        check_with_ledger(request, local);
    }

    void check_with_ledger(const tl::expected<wire::Message, wire::ParseError>& request, Ipv4Address local)
    {
        std::optional<wire::Message> reply;
        if (!out_.transmits().empty()) {
            const auto parsed = wire::parse(out_.transmits()[0].payload);
            require(parsed.has_value(), "the server's own replies are well-formed");
            reply = *parsed;
        }
        require(request.has_value() || !reply, "what cannot be read is not answered");
        ledger_.pass_time(now_);
        if (!request) return;
        const std::string fault = ledger_.heard(now_, local, *request, reply, out_.decisions()[0]);
        require(fault.empty(), fault);
    }

    void wait(Duration span)
    {
        const Instant until = now_ + span;
        for (int turns = 0;; ++turns) {
            const auto due = server_.next_deadline();
            if (!due || *due > until) break;
            require(turns < 1000, "deadlines come to an end");
            now_ = std::max(now_, *due);
            out_.clear();
            server_.advance(now_, out_);
            store();
            ledger_.pass_time(now_);
            hear_later();
            const auto next = server_.next_deadline();
            require(!next || *next > *due, "advance() makes progress");
        }
        now_ = until;
        ledger_.pass_time(now_);
    }

    void probe(Ipv4Address where, std::uint8_t by)
    {
        out_.clear();
        const MacAddress card{{2, 0, 0, 0, 0, static_cast<std::uint8_t>(by & 15)}};
        server_.probe_answered(now_, where, (by & 16) != 0 ? MacAddress{} : card, out_);
        require(out_.decisions().size() <= 1, "one answer, one decision at most");
        ledger_.pass_time(now_);
        const auto lease = server_.lease(where);
        if (lease && lease->state == LeaseState::conflict) ledger_.quarantined(where);
        store();
        hear_later();
    }

    /// Either it is refused and nothing changes, or it is in use at once.
    void reconfigure(std::uint8_t how, std::uint8_t more)
    {
        wait(0s);
        Config wrong = config_;
        wrong.subnets[0].pools[0].last = {};
        const auto before = server_.leases();
        out_.clear();
        require(!server_.reconfigure(now_, wrong, out_) && out_.empty(), "a wrong configuration is refused");
        require(server_.config() == config_ && server_.leases() == before, "and changes nothing");
        choose_config(how, more);
        require(server_.reconfigure(now_, config_, out_).has_value(), "a right one is taken");
        store();
        ledger_.pass_time(now_);
        ledger_.forget_offers(); // one whose subnet is gone is no promise any more
    }

    void order(std::uint8_t what, Ipv4Address where)
    {
        wait(0s);
        const auto before = server_.leases();
        out_.clear();
        const auto done = what % 3 == 0 ? server_.release(now_, where, out_)
            : what % 3 == 1             ? server_.erase(now_, where, out_)
                                        : server_.clear_quarantine(now_, where, out_);
        require(done.has_value() == !out_.decisions().empty(), "an order carried out is a decision");
        if (!storing_ || !done) {
            server_.roll_back(out_);
            require(server_.leases() == before, "roll_back() is exact");
            return;
        }
        store();
        ledger_.taken(where);
    }

    void overhear(Input& input)
    {
        wire::Message m;
        const std::uint8_t who = input.u8();
        m.op = 2;
        m.set_hardware(HardwareAddress::of({{2, 0, 0, 0, 0, static_cast<std::uint8_t>(who & 7)}}));
        m.xid = who;
        m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(input.u8() % 9));
        m.options.set_address(wire::option::server_identifier, address(input.u8()));
        wire::emit(m, {}, payload_);
        Inbound inbound;
        inbound.payload = (who & 0x80) != 0 ? std::as_bytes(input.take(300)) : std::span<const std::byte>{payload_};
        inbound.local = kLocal;
        out_.clear();
        server_.overheard(now_, inbound, out_);
        require(out_.transmits().empty() && out_.writes().empty(), "what others say is not answered");
        for (const Decision& decision : out_.decisions())
            ledger_.left_to_another(decision, server_);
        ledger_.pass_time(now_);
    }

    /// Answers that waited.
    void hear_later()
    {
        std::size_t sent = 0;
        for (const Decision& decision : out_.decisions()) {
            require(decision.steps.size() < 64, "a trace is bounded");
            if (decision.outcome != Outcome::replied) {
                const std::string fault = ledger_.passed_on(decision);
                require(fault.empty(), fault);
                continue;
            }
            require(sent < out_.transmits().size(), "replied means sent");
            const Transmit& t = out_.transmits()[sent++];
            const auto reply = wire::parse(t.payload);
            require(reply.has_value(), "the server's own replies are well-formed");
            const std::string fault = ledger_.heard_later(now_, t.source, *reply, decision, out_.writes());
            require(fault.empty(), fault);
        }
        require(sent == out_.transmits().size(), "sent means replied");
    }

    void store()
    {
        for (const LeaseWrite& write : out_.writes()) {
            require(write.lease.state != LeaseState::offered, "an offer is never stored");
            std::erase_if(stored_, [&](const Lease& lease) { return lease.address == write.lease.address; });
            if (!write.erase) stored_.push_back(write.lease);
        }
    }

    void restart()
    {
        server_ = *DhcpServer::create(config_, stored_, now_);
        ledger_.pass_time(now_);
        ledger_.forget_offers();
    }

    Instant now_{1'700'000'000s};
    Config config_;
    DhcpServer server_;
    Ledger ledger_;
    Outbox out_;
    std::vector<Lease> stored_;
    wire::Buffer payload_;
    bool storing_ = true;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Session{}.play(Input{data, size});
    return 0;
}
