using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Antigravity;

/// <summary>
/// A login that another program has left: CLIProxyAPI's file of the type <c>antigravity</c>, a record of the Antigravity gateways' account list, or the texts of the editor's database
/// (<c>state.vscdb</c>; wire notes codex-and-antigravity D.15).
/// </summary>
/// <param name="Email">Whose it is, where that is said.</param>
/// <param name="Credential">The tokens. The access token is empty where only a refresh token was left.</param>
internal sealed record AntigravityFile(string? Email, OAuthCredential Credential)
{
    private const string Type = "antigravity";
    private const string TokenKey = "antigravityUnifiedStateSync.oauthToken";
    private const string OlderTokenKey = "jetskiStateSync.agentManagerInitState";
    private const string StatusKey = "antigravityAuthStatus";
    private const string TokenSentinel = "oauthTokenInfoSentinelKey";

    /// <summary>The keys of the editor's database.</summary>
    public static IReadOnlyList<string> DatabaseKeys { get; } = [TokenKey, StatusKey, OlderTokenKey];

    /// <summary>The logins of a file, each as a file of the type <c>antigravity</c>; a file with one that is of this type already as it is.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> content)
    {
        if (ReadDatabase(content) is { } file) return [file.Write()];
        return AccountListFile.Split(content, static record => TokenOf(record) is not null, static (writer, record) =>
        {
            writer.WriteString("type", Type);
            if (VendorJson.Text(record, "email") is { } email) writer.WriteString("email", email);
            if (TokenOf(record) is var (name, token)) writer.WriteString(name, token);
        });
    }

    /// <summary>Reads a login; null where there is none.</summary>
    public static AntigravityFile? Read(ReadOnlyMemory<byte> content)
    {
        if (ReadDatabase(content) is { } stored) return stored;
        try
        {
            using var file = JsonDocument.Parse(content);
            var root = file.RootElement;
            if (root.ValueKind != JsonValueKind.Object || VendorJson.Text(root, "type") != Type) return null;
            DateTimeOffset? end = DateTimeOffset.TryParse(VendorJson.Text(root, "expired"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
            return Make(VendorJson.Text(root, "email"), VendorJson.Text(root, "access_token"), VendorJson.Text(root, "refresh_token"), end);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "credential file";

    /// <summary>The token of a record of the Antigravity gateways: a refresh token, or the access token that an editor had.</summary>
    private static (string Name, string Token)? TokenOf(JsonElement record)
    {
        // Other programs' lists have access tokens, or credentials as an object.
        if ((VendorJson.Text(record, "accessToken") ?? VendorJson.Text(record, "access_token")) is not null || VendorJson.Object(record, "credentials") is not null) return null;
        if ((VendorJson.Text(record, "refreshToken") ?? VendorJson.Text(record, "refresh_token")) is { } refresh) return ("refresh_token", refresh);
        return (VendorJson.Text(record, "apiKey") ?? VendorJson.Text(record, "api_key")) is { } access ? ("access_token", access) : null;
    }

    private static AntigravityFile? ReadDatabase(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var file = JsonDocument.Parse(content);
            var texts = file.RootElement;
            if (texts.ValueKind != JsonValueKind.Object || !DatabaseKeys.Any(key => texts.TryGetProperty(key, out _))) return null;
            var (email, access) = StatusOf(VendorJson.Text(texts, StatusKey));
            var message = VendorJson.Text(texts, TokenKey) is { } newer ? TokenOf(newer) : null;
            // Older builds have it in the sixth field of everything that they keep.
            message ??= Base64(VendorJson.Text(texts, OlderTokenKey)) is { } older ? ProtobufFields.First(older, 6) : null;
            return message is { } tokens ? Make(email, ProtobufFields.Text(tokens, 1) ?? access, ProtobufFields.Text(tokens, 3), EndOf(tokens)) : Make(email, access, null, null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The message with the tokens: a list of entries, whose one with the sentinel's name has it in Base64.</summary>
    private static ReadOnlyMemory<byte>? TokenOf(string text)
    {
        if (Base64(text) is not { } topic) return null;
        foreach (var entry in ProtobufFields.All(topic, 1))
        {
            if (ProtobufFields.Text(entry, 1) == TokenSentinel && ProtobufFields.First(entry, 2) is { } row) return Base64(ProtobufFields.Text(row, 1)) is { } message ? message : null;
        }

        return null;
    }

    private static DateTimeOffset? EndOf(ReadOnlyMemory<byte> tokens)
        => ProtobufFields.First(tokens, 4) is { } timestamp && ProtobufFields.Number(timestamp, 1) is > 0 and < 253_402_300_800 and var seconds ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;

    private static (string? Email, string? Access) StatusOf(string? text)
    {
        if (text is null) return default;
        try
        {
            using var status = JsonDocument.Parse(text);
            return (VendorJson.Text(status.RootElement, "email"), VendorJson.Text(status.RootElement, "apiKey"));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static byte[]? Base64(string? text)
    {
        if (text is null) return null;
        var room = new byte[text.Length];
        return Convert.TryFromBase64String(text, room, out var length) ? room[..length] : null;
    }

    private static AntigravityFile? Make(string? email, string? access, string? refresh, DateTimeOffset? end)
    {
        if (access is not null && !HeaderSafe.Check(access)) access = null;
        if (refresh is not null && !HeaderSafe.Check(refresh)) refresh = null;
        return access is null && refresh is null ? null : new AntigravityFile(email, new OAuthCredential { AccessToken = access ?? "", RefreshToken = refresh, Expires = access is null ? null : end });
    }

    private ReadOnlyMemory<byte> Write()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("type", Type);
            if (Email is not null) writer.WriteString("email", Email);
            if (Credential.AccessToken.Length > 0) writer.WriteString("access_token", Credential.AccessToken);
            if (Credential.RefreshToken is not null) writer.WriteString("refresh_token", Credential.RefreshToken);
            if (Credential.Expires is { } end) writer.WriteString("expired", end.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        return json.ToArray();
    }
}
