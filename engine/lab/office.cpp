// SPDX-License-Identifier: GPL-3.0-or-later
// The office: sixty-four machines of the kinds one meets, each with the DHCP habits of its kind.
#include "engine/lab/scenario_table.h"

namespace dorascope::lab {

namespace {

using namespace std::chrono_literals;

/// What machines of one kind have in common: what they say of themselves, what they ask for, how people use them.
struct Kind {
    std::string_view vendor_class; ///< option 60
    bool sends_id; ///< option 61, hardware type and address
    bool broadcast_flag;
    std::optional<Duration> stay, away; ///< nothing: always there
    Departure departure;
    Duration think_time;
    std::initializer_list<std::uint8_t> parameters; ///< option 55
};

// Option 55 in the order these systems send it: fingerprints are made of it.
constexpr Kind kMacbook{
    "", true, false, 12min, 4min, Departure::vanish, 480us, {1, 121, 3, 6, 15, 108, 114, 119, 252, 95, 44, 46}};
constexpr Kind kWindows{
    "MSFT 5.0", true, false, 18min, 5min, Departure::vanish, 900us, {1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252}};
constexpr Kind kLinux{"dhcpcd-9.4.1:Linux-6.1.0:x86_64:GenuineIntel", true, false, 25min, 6min, Departure::release, 350us,
                      {1, 121, 33, 3, 6, 15, 28, 42, 51, 58, 59, 119}};
constexpr Kind kIphone{"", true, false, 5min, 3min, Departure::vanish, 1200us, {1, 121, 3, 6, 15, 108, 114, 119, 252}};
constexpr Kind kAndroid{
    "android-dhcp-14", false, false, 4min, 5min, Departure::vanish, 1500us, {1, 3, 6, 15, 26, 28, 51, 58, 59, 43, 114, 108}};
constexpr Kind kGuest{"", false, true, 4min, 6min, Departure::release, 1100us, {1, 3, 6, 15, 28, 51, 58, 59}};
constexpr Kind kPrinter{"", false, true, {}, {}, Departure::vanish, 2800us, {1, 3, 6, 15, 44, 47, 12, 69, 66, 67}};
constexpr Kind kCamera{"AXIS,Network Camera,P3245-LV", false, true, {}, {}, Departure::vanish, 1700us,
                       {1, 3, 6, 12, 15, 28, 42, 66}};
constexpr Kind kVoip{"yealink", false, true, {}, {}, Departure::vanish, 2200us, {1, 3, 6, 15, 42, 43, 66, 120}};
constexpr Kind kScreen{"udhcp 1.36.1", true, true, 10min, 7min, Departure::release, 1300us, {1, 3, 6, 12, 15, 28, 42}};
constexpr Kind kAccessPoint{"ubnt", false, true, {}, {}, Departure::vanish, 800us, {1, 3, 6, 15, 28, 43}};
constexpr Kind kThing{"udhcp 1.33.2", false, true, {}, {}, Departure::vanish, 2500us, {1, 3, 6, 28, 42}};

struct Machine {
    std::string_view name;
    std::uint32_t prefix; ///< first three octets; locally administered ones are phones that hide who made them
    const Kind& kind;
};

constexpr Machine kMachines[] = {
    {"anna-macbook", 0x3c22fb, kMacbook},
    {"bela-macbook", 0xa483e7, kMacbook},
    {"chris-macbook", 0x3c22fb, kMacbook},
    {"dana-macbook", 0xa483e7, kMacbook},
    {"emil-macbook", 0x3c22fb, kMacbook},
    {"fatima-macbook", 0xa483e7, kMacbook},
    {"accounts-1", 0xd4bed9, kWindows},
    {"accounts-2", 0xd4bed9, kWindows},
    {"sales-1", 0x54e1ad, kWindows},
    {"sales-2", 0x54e1ad, kWindows},
    {"sales-3", 0xa4c3f0, kWindows},
    {"hr-1", 0xd4bed9, kWindows},
    {"hr-2", 0x3c5282, kWindows},
    {"reception", 0x3c5282, kWindows},
    {"support-1", 0x54e1ad, kWindows},
    {"support-2", 0xd4bed9, kWindows},
    {"dev-1", 0xa4c3f0, kLinux},
    {"dev-2", 0x54e1ad, kLinux},
    {"dev-3", 0xa4c3f0, kLinux},
    {"build-box", 0x001132, kLinux},
    {"Annas iPhone", 0x7a1c9e, kIphone},
    {"Belas iPhone", 0xb6402d, kIphone},
    {"Chris iPhone", 0xf2087c, kIphone},
    {"Danas iPhone", 0x0e5f31, kIphone},
    {"Emils iPhone", 0xca93d0, kIphone},
    {"Ginas iPhone", 0x5e7712, kIphone},
    {"Hugos iPhone", 0x9245ab, kIphone},
    {"Galaxy S23 of Ivo", 0x8c79f5, kAndroid},
    {"Galaxy A54 of Jana", 0x8c79f5, kAndroid},
    {"Pixel 7 of Karl", 0xda1e66, kAndroid},
    {"Pixel 8 of Lena", 0x3eb904, kAndroid},
    {"Redmi of Marc", 0x66c02f, kAndroid},
    {"Galaxy S21 of Nora", 0x8c79f5, kAndroid},
    {"Moto of Omar", 0x168d53, kAndroid},
    {"Xperia of Paula", 0xaa3b97, kAndroid},
    {"guest-tablet-1", 0x8c79f5, kGuest},
    {"guest-tablet-2", 0x3c22fb, kGuest},
    {"guest-laptop", 0x54e1ad, kGuest},
    {"printer-1", 0x3c5282, kPrinter},
    {"printer-2", 0x001ba9, kPrinter},
    {"printer-3", 0x001ba9, kPrinter},
    {"plotter", 0x3c5282, kPrinter},
    {"cam-lobby", 0xaccc8e, kCamera},
    {"cam-yard", 0xaccc8e, kCamera},
    {"cam-garage", 0xaccc8e, kCamera},
    {"cam-stairs", 0xaccc8e, kCamera},
    {"phone-101", 0x805ec0, kVoip},
    {"phone-102", 0x805ec0, kVoip},
    {"phone-103", 0x805ec0, kVoip},
    {"phone-104", 0x805ec0, kVoip},
    {"phone-105", 0x805ec0, kVoip},
    {"phone-106", 0x805ec0, kVoip},
    {"Meeting Room Oslo", 0x3c286d, kScreen},
    {"Meeting Room Lima", 0x3c286d, kScreen},
    {"tv-canteen", 0xb8bbaf, kScreen},
    {"ap-east", 0x788a20, kAccessPoint},
    {"ap-west", 0x788a20, kAccessPoint},
    {"ap-attic", 0x788a20, kAccessPoint},
    {"thermostat-1", 0x240ac4, kThing},
    {"thermostat-2", 0x240ac4, kThing},
    {"door-panel", 0xb827eb, kThing},
    {"coffee-machine", 0x240ac4, kThing},
    {"time-clock", 0xb827eb, kThing},
    {"nas", 0x001132, kThing},
};
static_assert(std::size(kMachines) == 64);

MacAddress mac_of(std::uint32_t prefix, std::size_t index)
{
    const auto octet = [](std::size_t value) { return static_cast<std::uint8_t>(value & 0xff); };
    return {{octet(prefix >> 16), octet(prefix >> 8), octet(prefix), octet(0x10 + index), octet(index * 73 + 5),
             octet(index * 151 + 29)}};
}

ClientSpec client(const Machine& machine, std::size_t index)
{
    const Kind& kind = machine.kind;
    ClientSpec spec;
    spec.name = machine.name;
    spec.mac = mac_of(machine.prefix, index);
    if (kind.sends_id) spec.client_id = hardware_client_id(spec.mac);
    spec.vendor_class = kind.vendor_class;
    spec.broadcast_flag = kind.broadcast_flag;
    // Over a minute, kinds mixed: 37 and 64 have no common factor, so every machine has a turn of its own.
    spec.starts = 200ms + 930ms * static_cast<std::int64_t>(index * 37 % std::size(kMachines));
    if (&kind == &kGuest || &kind == &kIphone) {
        // Somebody soon goes out for a moment, so that whoever watches sees a RELEASE and an INIT-REBOOT in the first minutes.
        spec.leaves = 66s + 8s * static_cast<std::int64_t>(index % 11);
        spec.returns = *spec.leaves + 35s;
    }
    spec.stay = kind.stay;
    spec.away = kind.away;
    spec.departure = kind.departure;
    spec.parameters = kind.parameters;
    spec.think_time = kind.think_time;
    return spec;
}

} // namespace

Scenario office()
{
    Scenario scenario = home_network(480);
    scenario.description =
        "Sixty-four machines arrive within a minute. Those that stay renew their lease at half of its time, unicast and unseen "
        "by "
        "the others; laptops and phones come and go. Who closed the lid asks for the old address at once (INIT-REBOOT); who said "
        "goodbye (RELEASE) begins again with DISCOVER.";
    for (std::size_t i = 0; i < std::size(kMachines); ++i)
        scenario.clients.push_back(client(kMachines[i], i));
    scenario.length = 15min;
    return scenario;
}

} // namespace dorascope::lab
