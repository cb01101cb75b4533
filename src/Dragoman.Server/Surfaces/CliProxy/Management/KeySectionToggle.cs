using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Enables and disables a key of the configuration's file: a disabled one excludes every model (wire notes cliproxyapi 1.12, <c>/auth-files/status</c>).</summary>
internal sealed class KeySectionToggle(ConfigEdits edits, AuthIndexes indexes, AccountRegistry accounts)
{
    private const string Every = "*";

    /// <summary>Does it; null where the index is no key of the file.</summary>
    public async Task<SurfaceAnswer?> TryAsync(SurfaceCall call, string? index, bool disabled)
    {
        if (indexes.Find(index) is not { Origin: AccountOrigin.Config, Account: { } account }) return null;
        var section = accounts.Providers[account.Provider].Accounts.Section;
        var key = (account.Credential as ApiKeyCredential)?.Key ?? "";
        var answer = await edits.WriteAsync(call, values =>
        {
            var entries = ConfigEdits.ListOf(values, section);
            var at = entries.FindIndex(entry => indexes.AccountOf(section, KeySection.Text(entry, "api-key"), KeySection.Text(entry, "base-url"))?.Id == account.Id
                || (entry["api-key-entries"] as JsonArray)?.OfType<JsonObject>().Any(one => KeySection.Text(one, "api-key") == key) == true);
            if (at < 0) return ManagementError.NotFound("auth file not found");
            var excluded = entries[at]["excluded-models"] is JsonArray known ? known.Select(static item => ConfigEdits.TextOf(item) ?? "").Where(static text => text.Length > 0 && text != Every).ToList() : [];
            if (disabled) excluded.Add(Every);
            return ConfigEdits.Set($"{EntryChange.PathOf(section, at)}.excluded-models", excluded.Count == 0 ? null : new JsonArray([.. excluded.Select(static text => (JsonNode)text)]));
        });
        return answer.Status == 200
            ? SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["disabled"] = disabled, ["via"] = "config:excluded-models", ["excluded_pattern"] = Every })
            : answer;
    }
}
