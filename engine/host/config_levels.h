// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of the configuration file besides its top: [[subnet]], [[subnet.reservation]], [[class]], each read and written in one file.
#pragma once

#include "engine/host/config_reader.h"

namespace dorascope::host {

void read_subnets(Reader& reader, const Place& at, server::Config& config);
void read_reservations(Reader& reader, const Place& at, server::Subnet& subnet);
void read_classes(Reader& reader, const Place& at, server::Config& config);

std::string subnet_toml(const server::Subnet& subnet);
std::string reservation_toml(const server::Reservation& reservation);
std::string class_toml(const server::ClientClass& client_class);

/// "infinite" or the number.
std::string seconds_toml(std::uint32_t value);
std::string duration_toml(Duration value);

} // namespace dorascope::host
