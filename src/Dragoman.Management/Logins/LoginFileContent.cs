using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Storage.Sqlite;

namespace Dragoman.Management.Logins;

/// <summary>What is imported of a file that holds a login: its text; with it the text of the file beside it that belongs to the login; or, of a database, what stands under the provider's keys. Files are read and never changed.</summary>
public static class LoginFileContent
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads a file for these ways of importing.</summary>
    /// <exception cref="LoginException">It cannot be read, or is none that a login is in.</exception>
    public static async Task<string> ReadAsync(string file, IReadOnlyList<IImportLogin> flows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(flows);
        try
        {
            if (ForeignKeyValues.IsDatabase(file)) return Texts(file, flows);
            var text = await TextAsync(file, cancellationToken);
            return Companion(file, text, flows) is { } beside ? $"[{text},{JsonOf(await TextAsync(beside, cancellationToken))}]" : text;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or StoreException)
        {
            throw new LoginException($"The file cannot be read: {ex.Message}", ex);
        }
    }

    private static string Texts(string file, IReadOnlyList<IImportLogin> flows)
    {
        if (flows.SelectMany(static flow => flow.DatabaseKeys).ToList() is not { Count: > 0 } keys) throw new LoginException("This is a database, and the provider's logins are in none.");
        var found = ForeignKeyValues.Read(file, keys);
        return found.Count > 0 ? JsonSerializer.Serialize(found) : throw new LoginException("There is no login of the provider in this database.");
    }

    private static string? Companion(string file, string text, IReadOnlyList<IImportLogin> flows)
    {
        var content = Encoding.UTF8.GetBytes(text);
        // A name, never a path: what a file says must not lead elsewhere.
        if (flows.Select(flow => (Name: flow.CompanionOf(content), flow.CompanionFolder)).FirstOrDefault(static companion => companion.Name is not null) is not ({ } name, var folder) || Path.GetFileName(name) != name) return null;
        var beside = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, folder, name));
        return File.Exists(beside) ? beside : null;
    }

    private static string JsonOf(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return text;
        }
        catch (JsonException)
        {
            return JsonSerializer.Serialize(text.Trim());
        }
    }

    private static async Task<string> TextAsync(string file, CancellationToken cancellationToken)
        => new FileInfo(file).Length <= MaxBytes ? await File.ReadAllTextAsync(file, cancellationToken) : throw new LoginException("The file is larger than a megabyte: it is none that a login is in.");
}
