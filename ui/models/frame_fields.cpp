// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_fields.h"

#include "engine/wire/cursor.h"

#include <QCoreApplication>

namespace dorascope::models {
namespace {

constexpr std::size_t kEthernetHeader = 14, kUdpHeader = 8; // IEEE 802.3, RFC 768

QString tr(const char* text) { return QCoreApplication::translate("FrameFields", text); }

class Builder {
public:
    Builder(std::span<const std::byte> frame, std::vector<DetailField>& fields) : frame_{frame}, fields_{fields} { }
    void header(const QString& label, const QString& value, std::size_t offset, std::size_t length)
    {
        parent_ = -1;
        add(label, value, offset, length);
        parent_ = static_cast<int>(fields_.size()) - 1;
    }
    /// Fields past the end of a short frame are not there.
    DetailField* add(const QString& label, const QString& value, std::size_t offset, std::size_t length)
    {
        if (offset > frame_.size() || length > frame_.size() - offset) return nullptr;
        DetailField field;
        field.label = label;
        field.value = value;
        field.offset = offset;
        field.length = length;
        field.parent = parent_;
        fields_.push_back(std::move(field));
        return &fields_.back();
    }
    void checksum(std::size_t offset, wire::Checksum state)
    {
        if (offset + 2 > frame_.size()) return;
        const unsigned stored = wire::load_u16(frame_.data() + offset);
        QString text = QStringLiteral("0x%1").arg(stored, 4, 16, QLatin1Char('0'));
        if (state == wire::Checksum::good) text = tr("%1 (right)").arg(text);
        if (state == wire::Checksum::absent) text = tr("none");
        if (state == wire::Checksum::unverifiable) text = tr("%1 (frame cut, not verified)").arg(text);
        auto* field = add(tr("Checksum"), text, offset, 2);
        if (field == nullptr || state != wire::Checksum::bad) return;
        field->severity = wire::Severity::warning;
        field->anomaly = tr("The checksum is wrong; on a sending machine the interface often fills it in after the capture.");
    }

private:
    std::span<const std::byte> frame_;
    std::vector<DetailField>& fields_;
    int parent_ = -1;
};

QString text(const std::optional<MacAddress>& mac)
{
    return mac ? QString::fromStdString(mac->to_string()) : QStringLiteral("—");
}
QString text(Ipv4Address address) { return QString::fromStdString(address.to_string()); }

void addLink(Builder& out, std::span<const std::byte> frame, const decode::LinkInfo& link, std::size_t length)
{
    if (length == 0) return; // raw IP
    const bool ethernet = link.type == decode::LinkType::ethernet && length >= kEthernetHeader;
    if (!ethernet) {
        out.header(tr("Link (cooked)"), tr("from %1").arg(text(link.source)), 0, length);
        return;
    }
    out.header(tr("Ethernet"), QStringLiteral("%1 → %2").arg(text(link.source), text(link.destination)), 0, length);
    out.add(tr("Destination"), text(link.destination), 0, 6);
    out.add(tr("Source"), text(link.source), 6, 6);
    if (length > kEthernetHeader)
        out.add(tr("VLAN"), link.vlan ? QString::number(*link.vlan) : QString{}, 12, length - kEthernetHeader);
    out.add(tr("Type"), QStringLiteral("0x%1").arg(unsigned{wire::load_u16(frame.data() + length - 2)}, 4, 16, QLatin1Char('0')),
            length - 2, 2);
}

} // namespace

void appendFrameFields(std::span<const std::byte> frame, const decode::DhcpPacket& packet, std::vector<DetailField>& fields)
{
    const auto& udp = packet.udp;
    if (packet.payload_offset < udp.payload_offset || packet.payload_offset > frame.size() || udp.payload_offset < kUdpHeader)
        return;
    const std::size_t ip = packet.payload_offset - udp.payload_offset;
    const std::size_t udpStart = packet.payload_offset - kUdpHeader;

    Builder out{frame, fields};
    addLink(out, frame, packet.link, ip);
    out.header(tr("IPv4"), QStringLiteral("%1 → %2").arg(text(udp.source), text(udp.destination)), ip, udpStart - ip);
    out.add(tr("Time to live"), QString::number(udp.ttl), ip + 8, 1);
    out.checksum(ip + 10, udp.ip_checksum);
    out.add(tr("Source"), text(udp.source), ip + 12, 4);
    out.add(tr("Destination"), text(udp.destination), ip + 16, 4);
    out.header(tr("UDP"), QStringLiteral("%1 → %2").arg(udp.source_port).arg(udp.destination_port), udpStart, kUdpHeader);
    out.add(tr("Source port"), QString::number(udp.source_port), udpStart, 2);
    out.add(tr("Destination port"), QString::number(udp.destination_port), udpStart + 2, 2);
    out.add(tr("Length"), QString::number(wire::load_u16(frame.data() + udpStart + 4)), udpStart + 4, 2);
    out.checksum(udpStart + 6, udp.udp_checksum);
}

} // namespace dorascope::models
