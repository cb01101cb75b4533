using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>
/// Turns an account of the store into one that can be used, by the schema of its provider: the account's fields, its settings and its opened secret are one document,
/// which the schema reads as it reads an entry of the configuration file. Texts are taken as they are; <c>${NAME}</c> is not looked up.
/// </summary>
/// <param name="providers">The providers.</param>
/// <param name="settingsOf">The settings of a provider now.</param>
internal sealed class StoredAccountBinder(ProviderRegistry providers, Func<ProviderModule, object?> settingsOf)
{
    /// <summary>Reads an account.</summary>
    /// <param name="stored">Its fields and settings.</param>
    /// <param name="secret">Its opened secret: a JSON object of the credential's members and the settings that may hold a secret; empty for none.</param>
    /// <returns>The account, or null where there is an error; and all that was found, each problem with the key it is at.</returns>
    public (Account? Account, IReadOnlyList<ConfigDiagnostic> Problems) Read(StoredAccount stored, ReadOnlyMemory<byte> secret)
    {
        if (!providers.TryGet(stored.Provider, out var provider))
            return (null, [Problem("provider", $"There is no provider '{stored.Provider}'.", $"Use one of {string.Join(", ", providers.All)}.")]);
        if (!TryParse(stored.Settings, out var settings)) return (null, [Problem("settings", "The settings are not a JSON object.", "Write them again.")]);
        if (!TryParse(secret.IsEmpty ? "{}"u8.ToArray() : secret, out var opened)) return (null, [Problem("credential", "The credential is not a JSON object.", "Enter it again.")]);
        var problems = new DiagnosticBag("");
        var document = JsonSettings.Map([.. Pairs(settings), .. Pairs(opened), .. Fields(stored)]);
        var read = provider.Accounts.Read(new SettingsReader(document, "", problems, environment: null), Environment.GetEnvironmentVariable, settingsOf(provider));
        if (problems.HasErrors || read.Count == 0) return (null, problems.InOrder());
        var account = read[0] with { Id = stored.Id, Label = stored.Label, Origin = AccountOrigin.Store };
        return (account with { Scope = provider.ScopeOf(account) }, problems.InOrder());
    }

    private static IEnumerable<(string, SettingNode)> Fields(StoredAccount stored)
    {
        yield return ("name", JsonSettings.Text(stored.Label));
        yield return ("priority", JsonSettings.Text(stored.Priority.ToString(CultureInfo.InvariantCulture)));
        yield return ("weight", JsonSettings.Text(stored.Weight.ToString(CultureInfo.InvariantCulture)));
        yield return ("disabled", JsonSettings.Text(stored.Enabled ? "false" : "true"));
        yield return ("tags", new SettingList([.. stored.Tags.Select(JsonSettings.Text)], 0, 0));
        if (stored.Concurrency is { } limit) yield return ("concurrency", JsonSettings.Text(limit.ToString(CultureInfo.InvariantCulture)));
    }

    private static IEnumerable<(string, SettingNode)> Pairs(JsonElement map) => map.EnumerateObject().Select(pair => (pair.Name, JsonSettings.From(pair.Value)));

    private static bool TryParse(string json, out JsonElement value) => TryParse(System.Text.Encoding.UTF8.GetBytes(json), out value);

    private static bool TryParse(ReadOnlyMemory<byte> json, out JsonElement value)
    {
        value = default;
        try
        {
            using var document = JsonDocument.Parse(json);
            value = document.RootElement.Clone();
            return value.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ConfigDiagnostic Problem(string path, string message, string remedy) => new(DiagnosticSeverity.Error, path, 0, 0, message, remedy);
}
