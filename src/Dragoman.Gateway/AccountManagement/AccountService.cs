using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>Adds, changes and removes accounts of the store. What is saved was read by the same readers as an entry of the file, and is in force when a call returns.</summary>
public sealed class AccountService(AccountRegistry book, IAccountStore store, ISecretProtector secrets)
{
    private const int MostLabel = 100;
    private const int MostTags = 32;
    private const int Tries = 8;

    private readonly AccountSecrets _secrets = new(book.Providers, secrets);

    /// <summary>Adds an account.</summary>
    /// <param name="draft">What is asked for.</param>
    /// <param name="verify">Asks the upstream whether it takes the account, and gives its objection; null asks nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AccountUpdateResult> AddAsync(AccountUpdate draft, Func<Account, CancellationToken, Task<string?>>? verify, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (string.IsNullOrWhiteSpace(draft.Provider)) return Invalid(Problem("provider", "Say which provider.", $"Use one of {string.Join(", ", book.Providers.All)}."));
        for (var left = Tries; ; left--)
        {
            var (account, stored, secret, problems) = ReadNew(draft, draft.Provider);
            if (problems.Count > 0 || account is null) return Invalid(problems);
            if (Clash(account, stored.Label, id: null) is { } clash) return clash;
            if (left == Tries && verify is not null && await verify(account, cancellationToken) is { } objection) return new AccountUpdateResult(AccountUpdateOutcome.Refused) { Message = objection };
            var id = FreeId(draft.Id is { } wanted && AccountIds.IsIdOf(wanted, draft.Provider) ? wanted : AccountIds.StableId(account));
            var saved = await store.AddAsync(Encrypted(stored with { Id = id }, account, secret), cancellationToken);
            if (saved.Saved) return await DoneAsync(id, cancellationToken);
            if (left == 1) return new AccountUpdateResult(AccountUpdateOutcome.Taken) { Message = $"The label '{stored.Label}' or the id is taken." };
            // Another node has added an account of this label or id, and this one has not heard of it yet.
            await book.RefreshAsync(cancellationToken);
        }
    }

    /// <summary>Reads an account as <see cref="AddAsync"/> would, and saves nothing: the account, or null with all that is wrong.</summary>
    /// <param name="draft">What is asked for.</param>
    public (Account? Account, IReadOnlyList<ConfigDiagnostic> Problems) Read(AccountUpdate draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (string.IsNullOrWhiteSpace(draft.Provider)) return (null, Invalid(Problem("provider", "Say which provider.", $"Use one of {string.Join(", ", book.Providers.All)}.")).Problems);
        var (account, _, _, problems) = ReadNew(draft, draft.Provider);
        return problems.Count > 0 ? (null, problems) : (account, []);
    }

    /// <summary>Changes an account.</summary>
    public async Task<AccountUpdateResult> UpdateAsync(string id, AccountUpdate change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (await store.GetAsync(id, cancellationToken) is not { } before) return NotStored(id);
        if (change.Version is { } version && version != before.Version) return new AccountUpdateResult(AccountUpdateOutcome.Conflict);
        if (change.Provider is not null && change.Provider != before.Provider) return Invalid(Problem("provider", "An account keeps its provider.", "Add a new account, and remove this one."));
        if (_secrets.Open(before) is not { } opened)
        {
            // What cannot be opened can only be replaced.
            if (change.Credential is null && change.SignedIn is null) return Invalid(Problem("credential", "The stored secret cannot be opened any more.", "Enter the credential again."));
            opened = [];
        }

        var (stored, secret, problems) = Apply(before, change, opened);
        var (account, found) = book.Binder.Read(stored, secret);
        // A warning about what stood there before is no reason to refuse a change of something else.
        var touched = change.Settings?.Keys.ToHashSet(StringComparer.Ordinal) ?? [];
        found = [.. found.Where(problem => problem.Severity == DiagnosticSeverity.Error || touched.Contains(problem.Path.Split('.', '[')[0]))];
        if (problems.Count > 0 || found.Count > 0 || account is null) return Invalid([.. problems, .. found]);
        if (Clash(account, stored.Label, id) is { } clash) return clash;
        var saved = await store.UpdateAsync(Encrypted(stored, account, secret), cancellationToken: cancellationToken);
        return saved.Outcome switch
        {
            SaveOutcome.Saved => await DoneAsync(id, cancellationToken),
            SaveOutcome.Missing => NotStored(id),
            SaveOutcome.Taken => new AccountUpdateResult(AccountUpdateOutcome.Taken) { Message = $"The label '{stored.Label}' is taken." },
            _ => new AccountUpdateResult(AccountUpdateOutcome.Conflict),
        };
    }

    /// <summary>Removes an account: requests under way finish, its conversations move with their next request.</summary>
    public async Task<AccountUpdateResult> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var entry = book.Entries.FirstOrDefault(entry => entry.Id == id && entry.Origin == AccountOrigin.Store);
        if (!await store.RemoveAsync(id, cancellationToken)) return NotStored(id);
        await book.RefreshAsync(cancellationToken);
        return new AccountUpdateResult(AccountUpdateOutcome.Saved) { Account = entry };
    }

    /// <summary>Removes an account that is as it was read: nobody has changed it since, and no renewal of its login is under way, whose new tokens would be lost.</summary>
    public async Task<AccountUpdateResult> RemoveAsync(string id, long version, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(id, cancellationToken) is not { } stored) return NotStored(id);
        if (stored.Version != version || stored.Refresh is not null) return new AccountUpdateResult(AccountUpdateOutcome.Conflict);
        var removed = await store.RemoveAsync(id, version, cancellationToken);
        if (!removed.Saved) return removed.Outcome == SaveOutcome.Missing ? NotStored(id) : new AccountUpdateResult(AccountUpdateOutcome.Conflict);
        await book.RefreshAsync(cancellationToken);
        return new AccountUpdateResult(AccountUpdateOutcome.Saved);
    }

    private (Account? Account, StoredAccount Stored, byte[] Secret, IReadOnlyList<ConfigDiagnostic> Problems) ReadNew(AccountUpdate draft, string provider)
    {
        var fresh = new StoredAccount { Id = "new", Label = draft.Label?.Trim() ?? FreeLabels.For(book, provider, provider), Provider = provider, CredentialKind = "none" };
        var (stored, secret, problems) = Apply(fresh, draft, []);
        var (account, found) = book.Binder.Read(stored, secret);
        return (account, stored, secret, [.. problems, .. found]);
    }

    private async Task<AccountUpdateResult> DoneAsync(string id, CancellationToken cancellationToken)
    {
        await book.RefreshAsync(cancellationToken);
        return new AccountUpdateResult(AccountUpdateOutcome.Saved) { Account = book.Entries.FirstOrDefault(entry => entry.Id == id && entry.Origin == AccountOrigin.Store) };
    }

    private AccountUpdateResult NotStored(string id)
        => new(book.Entries.Any(entry => entry.Id == id && entry.Origin == AccountOrigin.Config) ? AccountUpdateOutcome.Configured : AccountUpdateOutcome.Missing);

    /// <summary>The account with what is asked for, its secret, and what is wrong before anything is read.</summary>
    private (StoredAccount Stored, byte[] Secret, List<ConfigDiagnostic> Problems) Apply(StoredAccount before, AccountUpdate change, Dictionary<string, JsonElement> opened)
    {
        var problems = new List<ConfigDiagnostic>();
        // An unknown provider is reported when the account is read.
        book.Providers.TryGet(before.Provider, out var provider);
        var settings = DraftJson.Parse(System.Text.Encoding.UTF8.GetBytes(before.Settings));
        var secret = new Dictionary<string, JsonElement>(opened, StringComparer.Ordinal);
        foreach (var (key, value) in change.Settings ?? new Dictionary<string, JsonElement>())
        {
            if (provider is not null && book.Providers.IsReserved(provider, key))
            {
                problems.Add(Problem($"settings.{key}", "This is no setting.", "Say it beside the settings, or as part of the credential."));
                continue;
            }

            var place = provider?.Accounts.Form.SecretSettings.Contains(key, StringComparer.Ordinal) == true ? secret : settings;
            if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) place.Remove(key);
            else place[key] = value;
        }

        if (change.Credential is { } credential)
        {
            foreach (var key in provider?.Accounts.Form.CredentialKeys ?? []) secret.Remove(key);
            foreach (var (key, value) in credential) secret[key] = JsonSerializer.SerializeToElement(value, DraftJson.Default.String);
        }

        if (change.SignedIn is { } signedIn)
        {
            foreach (var key in provider?.Accounts.Form.CredentialKeys ?? []) secret.Remove(key);
            foreach (var (key, value) in MembersOf(signedIn)) secret[key] = value;
        }

        var isNew = change.Credential is not null || change.SignedIn is not null;
        var label = change.Label?.Trim() ?? before.Label;
        if (label.Length is 0 or > MostLabel || label.Any(char.IsControl)) problems.Add(Problem("label", $"A label has 1 to {MostLabel} characters.", "Write a shorter name on one line."));
        if (change.Tags is { } tags && (tags.Count > MostTags || tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > MostLabel))) problems.Add(Problem("tags", $"There may be {MostTags} tags, none of them empty.", "Remove some."));
        if (change.Weight is < 0 or > 1_000_000) problems.Add(Problem("weight", "The weight is out of range.", "Write a whole number from 0 to 1000000."));
        if (change.Concurrency is < 0 or > 1_000_000) problems.Add(Problem("concurrency", "The limit is out of range.", "Write a whole number from 1 to 1000000, or 0 for no limit."));
        var stored = before with
        {
            Label = label,
            Enabled = change.Enabled ?? before.Enabled,
            Priority = change.Priority ?? before.Priority,
            Weight = Math.Max(0, change.Weight ?? before.Weight),
            Concurrency = (change.Concurrency ?? before.Concurrency) is > 0 and var limit ? limit : null,
            Tags = change.Tags is null ? before.Tags : [.. change.Tags.Select(tag => tag.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)],
            Settings = System.Text.Encoding.UTF8.GetString(DraftJson.Write(settings)),
            // A new credential is what an account with a problem was waiting for.
            Problem = isNew ? null : before.Problem,
            Refresh = isNew ? null : before.Refresh,
        };
        return (stored, secret.Count == 0 ? [] : DraftJson.Write(secret), problems);
    }

    private StoredAccount Encrypted(StoredAccount stored, Account account, byte[] secret) => _secrets.Seal(stored, account.Credential, DraftJson.Parse(secret));

    /// <summary>Another account of the same label, or with the same credential at the same address.</summary>
    private AccountUpdateResult? Clash(Account account, string label, string? id)
    {
        foreach (var other in book.Entries)
        {
            if (other.Id == id && other.Origin == AccountOrigin.Store) continue;
            if (other.Label.Equals(label, StringComparison.OrdinalIgnoreCase) || other.Stored?.Label.Equals(label, StringComparison.OrdinalIgnoreCase) == true)
                return new AccountUpdateResult(AccountUpdateOutcome.Taken) { Message = $"There is an account '{other.Label}' already. Choose another label." };
            if (other.Account is { Credential: not NoCredential } known && known.Provider == account.Provider && AccountIds.StableId(known) == AccountIds.StableId(account))
                return new AccountUpdateResult(AccountUpdateOutcome.Taken) { Message = $"The same key at the same address is the account '{other.Label}' already; a second one would share its limits." };
        }

        return null;
    }

    private string FreeId(string stable)
    {
        var id = stable;
        for (var number = 2; book.Entries.Any(entry => entry.Id == id); number++) id = $"{stable}-{number}";
        return id;
    }

    private static Dictionary<string, JsonElement> MembersOf(Credential credential)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            credential.WriteMembers(writer);
            writer.WriteEndObject();
        }

        return DraftJson.Parse(json.ToArray());
    }

    private static AccountUpdateResult Invalid(params IReadOnlyList<ConfigDiagnostic> problems) => new(AccountUpdateOutcome.Invalid) { Problems = problems };

    private static ConfigDiagnostic Problem(string path, string message, string remedy) => new(DiagnosticSeverity.Error, path, 0, 0, message, remedy);
}
