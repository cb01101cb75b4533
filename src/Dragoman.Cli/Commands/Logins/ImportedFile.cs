using System.Text;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers;
using Dragoman.Storage.Sqlite;

namespace Dragoman.Cli.Commands.Logins;

/// <summary>What is sent of a file whose login is imported: its text; with it the text of the file beside it that belongs to the login; or, of a database, what stands under the provider's keys. Files are read and never changed.</summary>
internal static class ImportedFile
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads a file; <c>-</c> is the standard input.</summary>
    /// <param name="file">Where it is.</param>
    /// <param name="provider">The provider whose login is in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<string> ReadAsync(string file, string provider, CancellationToken cancellationToken)
    {
        var flows = FlowsOf(provider);
        var text = file == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await ReadAsync(file, flows, cancellationToken);
        var content = Encoding.UTF8.GetBytes(text);
        var parts = flows.Select(flow => flow.Split(content)).FirstOrDefault(static parts => parts.Count > 1) ?? flows.Select(flow => flow.Split(content)).FirstOrDefault(parts => parts is [var one] && !one.Span.SequenceEqual(content));
        return parts switch
        {
            null => text,
            [var one] => Encoding.UTF8.GetString(one.Span),
            _ => throw new ManagementException($"{parts.Count} logins are in this file. Choose among them: dragoman accounts scan {file}"),
        };
    }

    /// <summary>Reads a file for these ways of importing.</summary>
    public static async Task<string> ReadAsync(string file, IReadOnlyList<IImportLogin> flows, CancellationToken cancellationToken)
    {
        try
        {
            if (ForeignKeyValues.IsDatabase(file)) return Texts(file, flows);
            var text = await TextAsync(file, cancellationToken);
            return Companion(file, text, flows) is { } beside ? $"[{text},{await TextAsync(beside, cancellationToken)}]" : text;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or StoreException)
        {
            throw new ManagementException($"The file cannot be read: {ex.Message}");
        }
    }

    private static List<IImportLogin> FlowsOf(string provider)
        => ProviderModules.CreateRegistry(TimeProvider.System).TryGet(provider, out var module) ? [.. module.Logins.OfType<IImportLogin>()] : [];

    private static string Texts(string file, IReadOnlyList<IImportLogin> flows)
    {
        if (flows.SelectMany(static flow => flow.DatabaseKeys).ToList() is not { Count: > 0 } keys) throw new ManagementException("This is a database, and the provider's logins are in none.");
        var found = ForeignKeyValues.Read(file, keys);
        return found.Count > 0 ? JsonSerializer.Serialize(found) : throw new ManagementException("There is no login of the provider in this database.");
    }

    private static string? Companion(string file, string text, IReadOnlyList<IImportLogin> flows)
    {
        var content = Encoding.UTF8.GetBytes(text);
        // A name, never a path: what a file says must not lead elsewhere.
        if (flows.Select(flow => flow.CompanionOf(content)).FirstOrDefault(static name => name is not null) is not { } name || Path.GetFileName(name) != name) return null;
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, name);
        return File.Exists(beside) ? beside : null;
    }

    private static async Task<string> TextAsync(string file, CancellationToken cancellationToken)
        => new FileInfo(file).Length <= MaxBytes ? await File.ReadAllTextAsync(file, cancellationToken) : throw new ManagementException("The file is larger than a megabyte: it is none that a login is in.");
}
