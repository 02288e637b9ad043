// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>

namespace thv::cli {

/// What commands may ask for, by type. Each is made when a command first asks for it, so that a command which needs no
/// engine never looks for one; tests lend fakes instead.
class Ports {
public:
    /// A thing that is there already and outlives the ports.
    template <typename T>
    void lend(T& thing) {
        makers_[typeid(T)] = [&thing]() -> const void* { return &thing; };
    }

    /// A thing that `make` finds or makes; it may throw, and is called each time, so it keeps what it made.
    template <typename T>
    void provide(std::function<T&()> make) {
        makers_[typeid(T)] = [make = std::move(make)]() -> const void* { return &make(); };
    }

    /// Throws Fault::unsupported, with the capability's noun, when nobody provides it.
    template <typename T>
    T& get() const {
        const auto maker = makers_.find(typeid(T));
        if (maker == makers_.end()) throw missing<T>();
        return *static_cast<T*>(const_cast<void*>(maker->second()));
    }

private:
    template <typename T>
    static Error missing() {
        if constexpr (requires { T::noun; })
            return Error{Fault::unsupported, fmt::format("{} is not available here", T::noun)};
        else
            return Error{Fault::internal, fmt::format("nobody provides {}", typeid(T).name())};
    }

    std::map<std::type_index, std::function<const void*()>> makers_;
};

/// A port that a command needs only sometimes: it is made when it is called for.
template <typename T>
class Lazy {
public:
    explicit Lazy(const Ports& ports)
        : ports_(&ports) {}
    T& operator()() const { return ports_->get<T>(); }

private:
    const Ports* ports_;
};

/// What a parameter of a command's run() stands for: `T&` is the port T, and a value is made from the ports.
template <typename P>
P argument_from(const Ports& ports) {
    if constexpr (std::is_lvalue_reference_v<P>)
        return ports.get<std::remove_cvref_t<P>>();
    else
        return P{ports};
}

} // namespace thv::cli
