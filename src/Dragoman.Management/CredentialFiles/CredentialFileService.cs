using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Accounts;
using Dragoman.Management.Audit;
using Dragoman.Management.Logins;

namespace Dragoman.Management.CredentialFiles;

/// <summary>
/// The accounts of the store as credential files in CLIProxyAPI's form: each is a file with a name, which can be listed, read, written and removed. No file is made anywhere: what is written becomes an
/// account by the provider's own import, what an account has no place for is kept beside it, and reading puts both together.
/// </summary>
public sealed class CredentialFileService(
    AccountRegistry registry, AccountDirectory directory, AccountAdministration administration, LoginService logins, CredentialFileIndex index, RepeatedAttempts attempts, AuditTrail audit)
{
    private const int MostName = 200;

    /// <summary>All files, by name; behind them the workers that are connected now, which are no files.</summary>
    public Task<ManagementResult<IReadOnlyList<CredentialFileView>>> ListAsync(CancellationToken cancellationToken) => StoreCalls.RunAsync<IReadOnlyList<CredentialFileView>>(async () =>
    {
        var files = await NamedAsync(cancellationToken);
        var workers = registry.Entries.Where(static entry => entry.Origin == AccountOrigin.Connected).Select(entry => View(entry.Label, entry, new CredentialFileEntry("", [])));
        return files.Select(file => View(file.Name, file.Entry, file.Kept)).OrderBy(static file => file.Name, StringComparer.OrdinalIgnoreCase).Concat(workers.OrderBy(static file => file.Name, StringComparer.Ordinal)).ToList();
    });

    /// <summary>One file; an error where there is none of that name.</summary>
    public Task<ManagementResult<CredentialFileView>> GetAsync(string name, CancellationToken cancellationToken) => StoreCalls.RunAsync<CredentialFileView>(async ()
        => await FindAsync(name, cancellationToken) is { } file ? View(file.Name, file.Entry, file.Kept) : Unknown());

    /// <summary>The content of a file, its tokens included; the audit log takes note of it.</summary>
    /// <param name="name">The file.</param>
    /// <param name="actor">Who reads it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<JsonObject>> ReadAsync(string name, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<JsonObject>(async () =>
    {
        if (await FindAsync(name, cancellationToken) is not { } file) return Unknown();
        if (file.Entry.Account is not { } account) return ManagementError.Conflict(file.Entry.Problem?.Text ?? "The account cannot be read.", "account_not_usable");
        await audit.RecordAsync(actor, "account.export", file.Entry.Id, AuditTrail.Done, $"'{file.Entry.Label}' with its tokens");
        return CredentialFileContent.Write(TypeOf(file.Entry), account, file.Kept.Members, file.Entry.Stored?.UpdatedAt);
    });

    /// <summary>Writes a file: an account that is there already is renewed, another is added.</summary>
    /// <param name="name">The file's name, with <c>.json</c>.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="acknowledged">Whether the caller has read the vendor's position, where it forbids use by other programs. Who is shown it and writes the file again has.</param>
    /// <param name="gateway">The gateway's address.</param>
    /// <param name="actor">Who writes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<CredentialFileView>> WriteAsync(string name, string content, bool acknowledged, Uri gateway, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<CredentialFileView>(async () =>
    {
        if (NameFault(name) is { } fault) return ManagementError.Invalid(fault);
        if (Parse(content) is not { } file) return ManagementError.Invalid("invalid json");
        if (ImporterOf(file, content) is not var (provider, flow)) return ManagementError.Invalid(TextOf(file["type"]) is { } type ? $"no credentials of the type '{type}' in this file" : "no credentials of a known type in this file");
        var start = new LoginStart(provider.Id)
        {
            Flow = flow.Id, Content = content, SaveAtOnce = true, Acknowledged = acknowledged || attempts.WasShown(actor, provider.Id), Proxy = TextOf(file["proxy_url"] ?? file["proxy-url"]) is { Length: > 0 } proxy ? proxy : null,
        };
        var login = await logins.StartAsync(start, gateway, actor, cancellationToken);
        if (!login.Succeeded) return Explain(login.Error, provider, actor);
        if (login.Value.AccountId is not { } id) return ManagementError.Invalid(login.Value.Error ?? "the file could not be imported");
        if (CredentialFileContent.ChangeOf(file) is { } change)
        {
            var changed = await administration.ChangeAsync(id, change, actor, cancellationToken);
            if (!changed.Succeeded) return changed.Error;
        }

        await index.SetAsync(id, new CredentialFileEntry(name, CredentialFileContent.Kept(file)), cancellationToken);
        return await FindAsync(name, cancellationToken) is { } written ? View(written.Name, written.Entry, written.Kept) : Unknown();
    });

    /// <summary>Removes a file with its account; null when it was done.</summary>
    /// <param name="name">The file.</param>
    /// <param name="actor">Who removes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementError?> RemoveAsync(string name, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        if (await FindAsync(name, cancellationToken) is not { } file) return Unknown();
        if (await administration.RemoveAsync(file.Entry.Id, actor, cancellationToken) is { } error) return error;
        await index.RemoveAsync(file.Entry.Id, cancellationToken);
        return null;
    });

    /// <summary>Changes members of a file: those that accounts have are changed in the account, tokens in its credential, all others are kept beside it.</summary>
    /// <param name="name">The file.</param>
    /// <param name="fields">The members; a dot in a name is a path, null takes a member away, headers are merged.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementError?> ChangeAsync(string name, JsonObject fields, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (await FindAsync(name, cancellationToken) is not { } file) return Unknown();
        var wanted = new JsonObject(fields.GroupBy(static pair => CredentialFileContent.Canonical(pair.Key), StringComparer.Ordinal).Select(static group => KeyValuePair.Create(group.Key, group.Last().Value?.DeepClone())));
        if (wanted["headers"] is JsonObject headers) wanted["headers"] = Merged(file.Entry.Account?.Headers, headers);
        var change = CredentialFileContent.ChangeOf(wanted);
        if (CredentialOf(file.Entry.Account, wanted) is { } credential) change = (change ?? new AccountUpdate()) with { SignedIn = credential };
        if (change is not null)
        {
            var changed = await administration.ChangeAsync(file.Entry.Id, change, actor, cancellationToken);
            if (!changed.Succeeded) return changed.Error;
        }

        var kept = file.Kept.Members.DeepClone().AsObject();
        var isKept = false;
        foreach (var (key, value) in wanted)
        {
            if (CredentialFileContent.IsOfAccount(key) || CredentialFileContent.IsSecret(key) || key is "expired" or "type") continue;
            Put(kept, key, value);
            isKept = true;
        }

        if (isKept) await index.SetAsync(file.Entry.Id, file.Kept with { Members = kept }, cancellationToken);
        return null;
    });

    /// <summary>What is wrong with a file's name; null for nothing.</summary>
    public static string? NameFault(string? name)
    {
        if (name is not { Length: > 0 and <= MostName } || name.IndexOfAny(['/', '\\', '\0']) >= 0 || name is "." or ".." || name.Any(char.IsControl)) return "invalid name";
        return name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? null : "name must end with .json";
    }

    private ManagementError Explain(ManagementError error, ProviderModule provider, Actor actor)
    {
        if (error.Code != "acknowledgement_required") return error.Kind == ManagementErrorKind.Conflict ? ManagementError.Invalid(error.Text) : error;
        attempts.Show(actor, provider.Id);
        return error with { Fix = "If you want to use it all the same, send the file once more within ten minutes, or with acknowledged=true." };
    }

    /// <summary>The provider whose login is in a file, and the import that takes it: by the file's type, else by what it looks like.</summary>
    private (ProviderModule Provider, IImportLogin Flow)? ImporterOf(JsonObject file, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var type = TextOf(file["type"]);
        foreach (var provider in registry.Providers.All.OrderByDescending(provider => type is not null && provider.FileType == type))
        {
            if (type is not null && provider.FileType is { } own && own != type && !IsVendorsOwn(type)) continue;
            if (provider.Logins.OfType<IImportLogin>().FirstOrDefault(flow => flow.Inspect(bytes) is not null) is { } flow) return (provider, flow);
        }

        return null;
    }

    /// <summary>Words that Google's own files of keys have in the same place.</summary>
    private static bool IsVendorsOwn(string type) => type is "service_account" or "authorized_user";

    private CredentialFileView View(string name, AccountEntry entry, CredentialFileEntry kept)
    {
        var facts = (entry.Account?.Credential as OAuthCredential)?.Extra ?? new Dictionary<string, string>();
        return new CredentialFileView(name, TypeOf(entry), directory.Describe(entry), kept.Members, facts, entry.Account is { } account ? CredentialFileContent.SettingsOf(account) : []);
    }

    private string TypeOf(AccountEntry entry)
    {
        var id = entry.Account?.Provider ?? entry.Stored!.Provider;
        return registry.Providers.TryGet(id, out var provider) ? provider.FileType ?? provider.Id : id;
    }

    private async Task<(string Name, AccountEntry Entry, CredentialFileEntry Kept)?> FindAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var file in await NamedAsync(cancellationToken))
            if (file.Name.Equals(name, StringComparison.Ordinal)) return file;
        return null;
    }

    /// <summary>Every account of the store with the name that it has as a file; no two have the same.</summary>
    private async Task<List<(string Name, AccountEntry Entry, CredentialFileEntry Kept)>> NamedAsync(CancellationToken cancellationToken)
    {
        var kept = await index.ListAsync(cancellationToken);
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var files = new List<(string, AccountEntry, CredentialFileEntry)>();
        // Names that were given go first, and of two the one that was changed last has it.
        foreach (var entry in registry.Entries.Where(static entry => entry.Origin == AccountOrigin.Store)
            .OrderByDescending(entry => kept.TryGetValue(entry.Id, out var given) && given.Name.Length > 0).ThenByDescending(static entry => entry.Stored!.UpdatedAt))
        {
            var own = kept.TryGetValue(entry.Id, out var given) ? given : new CredentialFileEntry("", []);
            var usual = $"{TypeOf(entry)}-{string.Concat(entry.Label.Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '@' or '.' or '-' or '_' or '+' ? letter : '-'))}";
            var name = own.Name.Length > 0 ? own.Name : usual + ".json";
            for (var number = 2; !used.Add(name); number++) name = $"{usual}-{number}.json";
            files.Add((name, entry, own));
        }

        return files;
    }

    private static OAuthCredential? CredentialOf(Account? account, JsonObject wanted)
    {
        if (account?.Credential is not OAuthCredential login) return null;
        var fresh = login;
        if (TextOf(wanted["access_token"]) is { Length: > 0 } access) fresh = fresh with { AccessToken = access };
        if (TextOf(wanted["refresh_token"]) is { Length: > 0 } refresh) fresh = fresh with { RefreshToken = refresh };
        if (TextOf(wanted["id_token"]) is { Length: > 0 } id) fresh = fresh with { IdToken = id };
        if (DateTimeOffset.TryParse(TextOf(wanted["expired"]), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var end)) fresh = fresh with { Expires = end };
        return ReferenceEquals(fresh, login) ? null : fresh;
    }

    /// <summary>Headers with a change: an empty one takes its header away.</summary>
    private static JsonObject Merged(IReadOnlyDictionary<string, string>? known, JsonObject change)
    {
        var merged = new Dictionary<string, string>(known ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in change)
        {
            if (TextOf(value)?.Trim() is { Length: > 0 } text) merged[name.Trim()] = text;
            else merged.Remove(name.Trim());
        }

        return new JsonObject(merged.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
    }

    private static void Put(JsonObject members, string path, JsonNode? value)
    {
        var keys = path.Split('.');
        foreach (var key in keys[..^1])
        {
            if (members[key] is not JsonObject inner) members[key] = inner = [];
            members = inner;
        }

        if (value is null) members.Remove(keys[^1]);
        else members[keys[^1]] = value.DeepClone();
    }

    private static JsonObject? Parse(string content)
    {
        try
        {
            return JsonNode.Parse(content, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static ManagementError Unknown() => ManagementError.NotFound("auth file not found");
}
