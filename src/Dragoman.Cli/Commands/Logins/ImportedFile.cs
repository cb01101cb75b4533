using System.Text;
using Dragoman.Cli.GatewayClient;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Logins;
using Dragoman.Providers;

namespace Dragoman.Cli.Commands.Logins;

/// <summary>What is sent of a file whose login is imported: its text; with it the text of the file beside it that belongs to the login; or, of a database, what stands under the provider's keys. Files are read and never changed.</summary>
internal static class ImportedFile
{
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

    private static async Task<string> ReadAsync(string file, IReadOnlyList<IImportLogin> flows, CancellationToken cancellationToken)
    {
        try
        {
            return await LoginFileContent.ReadAsync(file, flows, cancellationToken);
        }
        catch (LoginException ex)
        {
            throw new ManagementException(ex.Message);
        }
    }

    private static List<IImportLogin> FlowsOf(string provider)
        => ProviderModules.CreateRegistry(TimeProvider.System).TryGet(provider, out var module) ? [.. module.Logins.OfType<IImportLogin>()] : [];
}
