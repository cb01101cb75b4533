using System.Text.RegularExpressions;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Hosting;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Clients;

/// <summary>The clients that people use, with the texts that point each at the gateway, and how each is connected on this machine.</summary>
public sealed partial class ClientDirectory(Router router, ManagementPaths paths)
{
    private const string DefaultKeyName = "DRAGOMAN_KEY";
    private const string NoModel = "MODEL";

    /// <summary>The clients.</summary>
    /// <param name="baseUrl">The gateway's address as clients shall see it.</param>
    /// <param name="model">The model to ask for; null for the first that there is.</param>
    /// <param name="keyName">The name of the variable that stands for the key; null for <c>DRAGOMAN_KEY</c>.</param>
    /// <param name="isLocal">Whether the caller is on the gateway's own machine, and so may know of its files.</param>
    public ManagementResult<ClientListView> List(Uri baseUrl, string? model, string? keyName, bool isLocal)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        if (!string.IsNullOrEmpty(model) && !IsPlain(model)) return ManagementError.Invalid($"'{model}' cannot stand in a text to copy: it has letters that a shell would read.", "model");
        if (!string.IsNullOrEmpty(keyName) && !Variable().IsMatch(keyName)) return ManagementError.Invalid($"'{keyName}' is no name of a variable.", "key_name");
        var name = string.IsNullOrEmpty(keyName) ? DefaultKeyName : keyName;
        var models = ModelsOf(router.VisibleModels()).Where(static one => IsPlain(one.Id)).ToList();
        var asked = string.IsNullOrEmpty(model) ? models.FirstOrDefault()?.Id ?? NoModel : model;
        var gateway = new GatewayEndpoint(baseUrl, "$" + name, name, asked, null, models);
        var refusal = UserFiles.Refusal(paths, isLocal);
        var clients = Describe(gateway, asked, client => refusal is null ? (StateOf(client, gateway), client.Files(UserFiles.PlacesOf(paths))) : ("no", client.Files(new ClientPaths("~", static _ => null))));
        return new ClientListView(gateway.Base, gateway.ShownKey, refusal is null, refusal?.Text, refusal is null ? Environment.UserName : null, clients);
    }

    /// <summary>What is shown of every client.</summary>
    internal static IReadOnlyList<ClientView> Describe(GatewayEndpoint gateway, string model, Func<ClientConfig, (string Connected, IReadOnlyList<string> Files)> find) =>
    [
        .. ClientConfig.All.Select(client =>
        {
            var (connected, files) = find(client);
            return new ClientView(client.Name, client.Title, client.Homepage, ProtocolRegistry.Traits(client.Protocol).Name, "program", true, connected, files, [.. client.Blocks(gateway)], [.. client.Notes(gateway)]);
        }),
        .. ClientGuide.All.Select(guide => new ClientView(guide.Id, guide.Name, guide.Homepage, ProtocolRegistry.Traits(guide.Protocol).Name, guide.Kind, false, "no", [], guide.Blocks(gateway, model), guide.Notes)),
    ];

    /// <summary>What clients are told of the models that the gateway serves.</summary>
    internal static IEnumerable<ServedModel> ModelsOf(IEnumerable<VisibleModel> models)
        => models.Select(static model => new ServedModel(model.Id, model.Facts.DisplayName, model.Facts.ContextWindow, model.Facts.MaxOutputTokens));

    /// <summary>How a client is connected by what is known of it in the data folder.</summary>
    private string StateOf(ClientConfig client, GatewayEndpoint gateway)
    {
        try
        {
            var connection = new ConnectionStore(paths.Data!).Find(client.Name, client.Files(UserFiles.PlacesOf(paths))[0]);
            if (connection is null || connection.Files.All(static file => ClientConfigFile.Read(file.Path).Hash == file.Before)) return "no";
            return connection.Url == gateway.Base && connection.Files.All(static file => ClientConfigFile.Read(file.Path).Hash == file.After) ? "yes" : "other";
        }
        catch (ClientFileException)
        {
            return "other";
        }
    }

    private static bool IsPlain(string model) => Plain().IsMatch(model);

    [GeneratedRegex(@"^[A-Za-z0-9_:/.@+\-]{1,200}$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Plain();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Variable();
}
