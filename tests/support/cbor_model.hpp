#pragma once

#include "ledger/codec/cbor.hpp"

#include <vector>

/// Any item of deterministic CBOR as a tree, read and written through the public interface alone.
namespace tidewaiter::test {

/// What items of ours may hold at the utmost: nulls and tags where a format names them.
inline constexpr cbor::Rules kTreeRules{.allow_null = true, .allow_tags = true};

struct Tree {
    cbor::Kind kind = cbor::Kind::Null;
    std::uint64_t number = 0;     ///< Unsigned, Tag
    std::int64_t negative = 0;    ///< Negative
    bool truth = false;           ///< Bool
    Bytes content;                ///< Bytes, Text
    std::vector<Tree> children;   ///< elements; key, value, key, value …; a tag's content
    bool operator==(const Tree&) const = default;
};

/// Keys are texts or fit an int64, as the writer has them.
inline Tree read_key(cbor::Reader& reader) {
    Tree key{.kind = reader.peek()};
    if (key.kind == cbor::Kind::Text)
        key.content = to_bytes(as_bytes(reader.text()));
    else if (key.kind == cbor::Kind::Negative)
        key.negative = reader.integer();
    else
        key.number = reader.unsigned_integer(0, INT64_MAX);
    return key;
}

inline Tree read_tree(cbor::Reader& reader) {
    Tree tree{.kind = reader.peek()};
    switch (tree.kind) {
    case cbor::Kind::Unsigned: tree.number = reader.unsigned_integer(); break;
    case cbor::Kind::Negative: tree.negative = reader.integer(); break;
    case cbor::Kind::Bytes: tree.content = to_bytes(reader.bytes()); break;
    case cbor::Kind::Text: tree.content = to_bytes(as_bytes(reader.text())); break;
    case cbor::Kind::Array:
        reader.array(0, SIZE_MAX, [&](std::size_t) { tree.children.push_back(read_tree(reader)); });
        break;
    case cbor::Kind::Map:
        reader.entries(0, SIZE_MAX, [&] {
            tree.children.push_back(read_key(reader));
            tree.children.push_back(read_tree(reader));
        });
        break;
    case cbor::Kind::Tag: {
        // A loop, not recursion: tags on tags cost a byte each and no depth.
        Tree* innermost = &tree;
        while (reader.peek() == cbor::Kind::Tag) {
            innermost->kind = cbor::Kind::Tag;
            innermost->number = reader.tag();
            innermost = &innermost->children.emplace_back();
        }
        if (reader.ok()) *innermost = read_tree(reader);
        break;
    }
    case cbor::Kind::Bool: tree.truth = reader.boolean(); break;
    case cbor::Kind::Null: reader.null(); break;
    case cbor::Kind::Undefined:
    case cbor::Kind::Float:
    case cbor::Kind::Simple: reader.reject("test.kind", "no item of ours"); break;
    }
    return tree;
}

inline Result<Tree> read_tree(ByteView bytes) {
    cbor::Reader reader(bytes, kTreeRules);
    Tree tree = read_tree(reader);
    TW_CHECK(reader.finish());
    return tree;
}

inline void write_tree(cbor::Writer& writer, const Tree& tree) {
    switch (tree.kind) {
    case cbor::Kind::Unsigned: writer.unsigned_integer(tree.number); break;
    case cbor::Kind::Negative: writer.integer(tree.negative); break;
    case cbor::Kind::Bytes: writer.bytes(tree.content); break;
    case cbor::Kind::Text: writer.text(as_text(tree.content)); break;
    case cbor::Kind::Array:
        writer.array([&](cbor::Writer& w) {
            for (const Tree& child : tree.children) write_tree(w, child);
        });
        break;
    case cbor::Kind::Map:
        writer.map([&](cbor::Writer& w) {
            for (std::size_t i = 0; i < tree.children.size(); i += 2) {
                const Tree& key = tree.children[i];
                if (key.kind == cbor::Kind::Text)
                    w.key(as_text(key.content));
                else
                    w.key(key.kind == cbor::Kind::Negative ? key.negative : static_cast<std::int64_t>(key.number));
                write_tree(w, tree.children[i + 1]);
            }
        });
        break;
    case cbor::Kind::Tag: {
        const Tree* innermost = &tree;
        for (; innermost->kind == cbor::Kind::Tag; innermost = &innermost->children.front())
            writer.tag(innermost->number);
        write_tree(writer, *innermost);
        break;
    }
    case cbor::Kind::Bool: writer.boolean(tree.truth); break;
    default: writer.null(); break;
    }
}

inline Bytes write_tree(const Tree& tree) {
    cbor::Writer writer;
    write_tree(writer, tree);
    return writer.take();
}

} // namespace tidewaiter::test
