// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/source/open_error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <pcap/pcap.h>

namespace dorascope::source {

namespace {

std::string cannot_read(const std::string& name) { return "cannot read " + name + ": "; }

struct ErrnoRemedy {
    int error;
    std::string_view remedy;
};
constexpr std::array kOpenRemedies{
    ErrnoRemedy{ENOENT, "Check the name, or give \"-\" to read standard input."},
    ErrnoRemedy{ENOTDIR, "Check the name, or give \"-\" to read standard input."},
    ErrnoRemedy{EISDIR, "Name a capture file in it."},
    ErrnoRemedy{EACCES, "Ask its owner for permission to read it, or copy it to where you can."},
    ErrnoRemedy{EPERM, "Ask its owner for permission to read it, or copy it to where you can."},
};
constexpr std::array kWriteRemedies{
    ErrnoRemedy{ENOENT, "Create the folder first."},
    ErrnoRemedy{ENOSPC, "Free some space, or write elsewhere."},
    ErrnoRemedy{EDQUOT, "Free some space, or write elsewhere."},
    ErrnoRemedy{EACCES, "Write to a folder that is yours."},
    ErrnoRemedy{EROFS, "Write to a folder that is yours."},
    ErrnoRemedy{EISDIR, "Name a file in it."},
};

template <std::size_t n> std::string remedy_for(const std::array<ErrnoRemedy, n>& rows, int error)
{
    const auto row = std::find_if(rows.begin(), rows.end(), [=](const ErrnoRemedy& r) { return r.error == error; });
    return row == rows.end() ? std::string{} : std::string{row->remedy};
}

/// First octets of what people mistake for a capture.
struct Signature {
    std::string_view magic, what, remedy;
};
constexpr std::array kSignatures{
    Signature{"\x1f\x8b", "gzip", "Uncompress it first: gunzip, or gunzip -c FILE | … -"},
    Signature{"\x28\xb5\x2f\xfd", "zstd", "Uncompress it first: unzstd."},
    Signature{"\xfd"
              "7zXZ",
              "xz", "Uncompress it first: unxz."},
    Signature{"BZh", "bzip2", "Uncompress it first: bunzip2."},
    Signature{"PK\x03\x04", "zip", "Unpack it first."},
};

/// libpcap's words → ours.
struct DamageRow {
    std::string_view reason, remedy;
};
constexpr std::array kDamageRows{
    DamageRow{"different from the type of the first interface",
              "It holds interfaces of several link types: take one out with \"tshark -r FILE -Y frame.interface_id==0 -w "
              "ONE.pcapng\" and "
              "\"editcap -F pcap -T ether ONE.pcapng ONE.pcap\"."},
    DamageRow{"different from the snapshot length of the first interface",
              "Its interfaces were captured with several snapshot lengths: convert it with \"editcap -F pcap FILE NEW.pcap\"."},
    DamageRow{"truncated",
              "The capture was cut off, as when it is copied while it is still being written: what stands before is intact."},
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

} // namespace

SourceError cannot_open(const std::string& name, int error)
{
    return {cannot_read(name) + std::strerror(error) + ".", remedy_for(kOpenRemedies, error)};
}

SourceError cannot_write(const std::string& name, int error)
{
    return {"cannot write " + name + ": " + std::strerror(error) + ".", remedy_for(kWriteRemedies, error)};
}

SourceError empty_file(const std::string& name)
{
    return {cannot_read(name) + "it is empty.", "A capture has a header even when it holds no packet: capture again."};
}

SourceError not_a_capture(const std::string& name, std::string_view reason, std::FILE* file)
{
    for (const auto& row : kDamageRows) {
        if (contains(reason, "interface") && contains(reason, row.reason)) {
            return {cannot_read(name) + std::string{reason} + ".", std::string{row.remedy}};
        }
    }
    if (contains(reason, "only got 0")) {
        return {cannot_read(name) + "it ended before a capture began.",
                "See whether the program that writes it reported an error."};
    }
    std::array<char, 8> head{};
    std::rewind(file);
    const std::string_view start{head.data(), std::fread(head.data(), 1, head.size(), file)};
    for (const auto& row : kSignatures) {
        if (start.starts_with(row.magic)) {
            return {cannot_read(name) + "it is a " + std::string{row.what} + " archive.", std::string{row.remedy}};
        }
    }
    if (contains(reason, "truncated")) {
        return {cannot_read(name) + "it ends within its header.", "Nothing of it can be read: capture again."};
    }
    return {cannot_read(name) + "it is not a capture file (" + std::string{reason} + ").",
            "DoraScope reads pcap and pcapng, as Wireshark, tcpdump and dumpcap write them."};
}

SourceError unknown_link(const std::string& name, int datalink)
{
    const char* const label = pcap_datalink_val_to_name(datalink);
    return {cannot_read(name) + "its packets have link type " + (label == nullptr ? "" : std::string{label} + " ") + "("
                + std::to_string(datalink) + "), which DoraScope does not know.",
            "Capture on Ethernet, on \"any\" (Linux cooked) or on the loopback interface instead."};
}

SourceError damaged(const std::string& name, std::string_view reason, std::uint64_t frames)
{
    const auto row =
        std::find_if(kDamageRows.begin(), kDamageRows.end(), [=](const DamageRow& r) { return contains(reason, r.reason); });
    return {"cannot read " + name + " further than frame " + std::to_string(frames) + ": " + std::string{reason} + ".",
            row == kDamageRows.end() ? "What stands before is intact." : std::string{row->remedy}};
}

} // namespace dorascope::source
