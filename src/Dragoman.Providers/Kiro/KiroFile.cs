using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// What the programs of Kiro leave (kiro-and-bedrock §A.10): the editor's <c>kiro-auth-token.json</c>, with the file of its client's registration where there is one, or the texts of the command line's database. Names are
/// taken in both spellings, <c>accessToken</c> and <c>access_token</c>.
/// </summary>
internal sealed class KiroFile : IDisposable
{
    private static readonly string[] TokenKeys = ["kirocli:social:token", "kirocli:odic:token", "codewhisperer:odic:token"];
    private static readonly string[] RegistrationKeys = ["kirocli:odic:device-registration", "codewhisperer:odic:device-registration"];
    private const string ProfileKey = "api.codewhisperer.profile";

    private readonly JsonDocument _token;
    private readonly JsonDocument? _registration;
    private readonly JsonDocument? _profile;

    private KiroFile(JsonDocument token, JsonDocument? registration, JsonDocument? profile, bool isSocial)
    {
        (_token, _registration, _profile) = (token, registration, profile);
        IsSocialByPlace = isSocial;
    }

    /// <summary>The keys of the command line's database.</summary>
    public static IReadOnlyList<string> DatabaseKeys { get; } = [.. TokenKeys, .. RegistrationKeys, ProfileKey];

    /// <summary>Whether the place of the token says that it is of Google or GitHub.</summary>
    public bool IsSocialByPlace { get; }

    /// <summary>Reads a file; null where it is none of these.</summary>
    public static KiroFile? Read(ReadOnlyMemory<byte> content)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content);
        }
        catch (JsonException)
        {
            return null;
        }

        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array)
        {
            using (document) return root.GetArrayLength() is 1 or 2 ? new KiroFile(Copy(root[0]), root.GetArrayLength() == 2 ? Copy(root[1]) : null, null, isSocial: false) : null;
        }

        if (root.ValueKind == JsonValueKind.Object)
        {
            if (Array.Find(TokenKeys, key => root.TryGetProperty(key, out _)) is not { } place) return new KiroFile(document, null, null, isSocial: false);
            using (document)
            {
                if (Embedded(root, place) is not { } token) return null;
                var registration = Array.ConvertAll(RegistrationKeys, key => Embedded(root, key)).FirstOrDefault(static item => item is not null);
                return new KiroFile(token, place == TokenKeys[0] ? null : registration, Embedded(root, ProfileKey), isSocial: place == TokenKeys[0]);
            }
        }

        document.Dispose();
        return null;
    }

    /// <summary>A text of the token's file, by its name in camelCase; null where there is none.</summary>
    public string? Text(string name) => Text(_token.RootElement, name);

    /// <summary>A text of the registration, or of the token's file where that has it.</summary>
    public string? RegistrationText(string name) => Text(name) ?? (_registration is null ? null : Text(_registration.RootElement, name));

    /// <summary>The profile.</summary>
    public string? Profile => Text("profileArn") ?? (_profile is null ? null : Text(_profile.RootElement, "arn"));

    /// <summary>The texts of a list, or a text with blanks between, as one with blanks.</summary>
    public string? Words(string name)
    {
        foreach (var spelling in (string[])[name, Snake(name)])
        {
            if (_token.RootElement.TryGetProperty(spelling, out var list) && list.ValueKind == JsonValueKind.Array)
                return string.Join(' ', list.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()));
        }

        return Text(name);
    }

    /// <summary>When the access token ends: ISO 8601, or seconds or milliseconds since 1970.</summary>
    public DateTimeOffset? End()
    {
        if ((Text("expiresAt") ?? Text("expire")) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number is <= 0 or > 2e14 ? null : number > 1e11 ? DateTimeOffset.FromUnixTimeMilliseconds((long)number) : DateTimeOffset.FromUnixTimeSeconds((long)number);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    public void Dispose()
    {
        _token.Dispose();
        _registration?.Dispose();
        _profile?.Dispose();
    }

    private static string? Text(JsonElement value, string name) => VendorJson.Text(value, name) ?? VendorJson.Text(value, Snake(name));

    private static string Snake(string name) => string.Concat(name.Select(static letter => char.IsAsciiLetterUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : letter.ToString()));

    private static JsonDocument Copy(JsonElement value) => JsonDocument.Parse(value.GetRawText());

    /// <summary>The JSON in a text.</summary>
    private static JsonDocument? Embedded(JsonElement root, string name)
    {
        try
        {
            return VendorJson.Text(root, name) is { } text ? JsonDocument.Parse(Encoding.UTF8.GetBytes(text)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
