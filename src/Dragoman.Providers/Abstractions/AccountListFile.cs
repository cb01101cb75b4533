using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;

namespace Dragoman.Providers.Abstractions;

/// <summary>A file in which another program keeps or exports several accounts: a JSON array of records, or an object with the array <c>accounts</c> (wire notes codex-and-antigravity A.10 and D.15, kiro-and-bedrock A.4).</summary>
internal static class AccountListFile
{
    private const int MostAccounts = 1_000;

    /// <summary>The records of a file; none where it is no such list.</summary>
    public static IReadOnlyList<JsonElement> Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var list = file.RootElement;
            if (list.ValueKind == JsonValueKind.Object && !list.TryGetProperty("accounts", out list)) return [];
            return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Where(static record => record.ValueKind == JsonValueKind.Object).Take(MostAccounts).Select(static record => record.Clone())] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The only login of a file.</summary>
    /// <exception cref="LoginException">There are several.</exception>
    public static ReadOnlyMemory<byte> OnlyOf(IReadOnlyList<ReadOnlyMemory<byte>> parts)
        => parts is [var one] ? one : throw new LoginException($"There are {parts.Count} logins in this file.") { Fix = "Import them one by one: 'dragoman accounts scan FILE' shows them." };

    /// <summary>A part of its own for each record, where one of them at least is the provider's; else the file as it is.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="isOwn">Whether a record is one of the provider's.</param>
    /// <param name="write">Writes a record as the members of a file that the provider reads.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content, Func<JsonElement, bool> isOwn, Action<Utf8JsonWriter, JsonElement> write)
    {
        var records = Read(content);
        return records.Any(isOwn) ? [.. records.Select(Part)] : [content];

        ReadOnlyMemory<byte> Part(JsonElement record)
        {
            using var json = new MemoryStream();
            using (var writer = new Utf8JsonWriter(json))
            {
                writer.WriteStartObject();
                write(writer, record);
                writer.WriteEndObject();
            }

            return json.ToArray();
        }
    }
}
