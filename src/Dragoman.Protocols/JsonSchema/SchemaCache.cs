using System.Collections.Concurrent;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// Remembers cleaned schemas: an agent declares the same forty tools with every request, and cleaning them costs more than all the rest of
/// writing it. Bounded in number and bytes; when full it starts anew.
/// </summary>
internal static class SchemaCache
{
    private const int MaxEntries = 2048;
    private const long MaxBytes = 16 << 20;
    private static readonly ConcurrentDictionary<Key, Entry> Entries = new();
    private static long _bytes;

    /// <summary>A cleaned schema as it was found before, or null.</summary>
    public static Entry? Find(JsonSlice schema, Key key)
        => Entries.TryGetValue(key, out var entry) && entry.Source.AsSpan().SequenceEqual(schema.Bytes.Span) ? entry : null;

    public static void Add(Key key, Entry entry)
    {
        if (Entries.Count >= MaxEntries || Interlocked.Read(ref _bytes) >= MaxBytes)
        {
            Entries.Clear();
            Interlocked.Exchange(ref _bytes, 0);
        }

        Entries[key] = entry;
        Interlocked.Add(ref _bytes, entry.Source.Length + entry.Result.Bytes.Length);
    }

    /// <summary>
    /// Which schema, made into what; a null dialect stands for the JSON Schema that Gemini's own form is turned into. Equal keys may still
    /// be different schemas: their bytes decide.
    /// </summary>
    internal readonly record struct Key(ulong Hash, int Length, SchemaDialect? Dialect, bool MustBeObject)
    {
        /// <summary>How much of a schema's start and end is hashed: enough to tell nearly all apart, and a fraction of forty schemas.</summary>
        private const int Part = 192;

        public static Key Create(JsonSlice schema, SchemaDialect? dialect, bool mustBeObject)
        {
            var bytes = schema.Bytes.Span;
            var hash = bytes.Length <= 2 * Part ? ContentHash.Compute(bytes) : ContentHash.Compute(bytes[^Part..], ContentHash.Compute(bytes[..Part]));
            return new(hash, bytes.Length, dialect, mustBeObject);
        }
    }

    /// <summary>What came of a schema. An empty result says that it fits as it is; the losses' paths begin behind the schema's own.</summary>
    internal sealed record Entry(byte[] Source, JsonSlice Result, IReadOnlyList<Loss> Losses)
    {
        /// <summary>Why the schema cannot be made to fit at all, or null where it can.</summary>
        public string? Unfit { get; init; }

        /// <summary>How many properties may be left out, where the upstream limits their number.</summary>
        public int Optional { get; init; }

        /// <summary>How many properties are of several types, where the upstream limits their number.</summary>
        public int Unions { get; init; }
    }
}
