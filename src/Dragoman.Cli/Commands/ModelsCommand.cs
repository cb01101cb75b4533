using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Routing;
using Dragoman.Management;
using Dragoman.Management.Models;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Server.Api.OpenAi;
using Spectre.Console;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman models</c>: the models that clients may ask for.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var options = new GatewayOrConfig();
        return options.Run(new Command("models", "Lists the models that clients may ask for, and who serves them. With --json as GET /v1/models does, and with the state of the catalog."), async (parsed, cancellationToken) =>
        {
            var config = options.NamesConfig(parsed) ? options.Load(parsed) : null;
            if (options.NamesConfig(parsed) && config is null) return ExitCodes.Configuration;
            var live = await options.GetAsync(parsed, (client, cancellationToken) => client.GetAsync<ModelListView>("models", cancellationToken), cancellationToken);
            IReadOnlyList<VisibleModel> models;
            if (live is { } answered) models = [.. answered.Answer.Models.Select(Visible)];
            else if ((config ?? options.Load(parsed)) is { } loaded) models = new Router(loaded.ToRouting(), TimeProvider.System).VisibleModels();
            else return ExitCodes.Configuration;
            var catalog = live is null ? CatalogView.Shipped : live.Value.Answer.Catalog;
            if (parsed.GetValue(options.Gateway.Json)) PrintJson(models, catalog);
            else PrintTable(models, live?.Gateway, catalog);
            return ExitCodes.Success;
        });
    }

    /// <summary>A model as the running gateway tells of it.</summary>
    private static VisibleModel Visible(ModelView model) => new(
        model.Id,
        new ModelMetadata
        {
            DisplayName = model.DisplayName,
            Vendor = model.Vendor,
            ContextWindow = model.ContextWindow,
            MaxOutputTokens = model.MaxOutputTokens,
            Images = model.Images,
            Tools = model.Tools,
            Reasoning = model.Reasoning,
            Efforts = model.Efforts,
            Created = model.Created,
        },
        [.. model.Servers.Select(server => new Account
        {
            Id = server.AccountId,
            Label = server.Account,
            Provider = server.Provider,
            Protocol = Protocol.OpenAiChat,
            BaseUrl = "",
            Credential = new NoCredential(),
        })]);

    private static void PrintJson(IReadOnlyList<VisibleModel> models, CatalogView? catalog)
    {
        using var buffer = new PooledBuffer();
        var writer = JsonWriting.Rent(buffer);
        OpenAiModelList.WriteList(writer, models, forCodex: false);
        JsonWriting.Return(writer);
        var list = JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
        list["catalog"] = JsonSerializer.SerializeToNode(catalog, ManagementJson.Options);
        Console.Out.WriteLine(list.ToJsonString(ManagementJson.Options));
    }

    private static void PrintTable(IReadOnlyList<VisibleModel> models, Uri? gateway, CatalogView? catalog)
    {
        Console.Out.WriteLine(gateway is null ? "By the configuration; no gateway is running." : $"As the running gateway has them: {gateway.ToString().TrimEnd('/')}");
        if (models.Count == 0)
        {
            Console.Out.WriteLine("No models: there is no account that is enabled. Add one to config.yaml, or with 'dragoman accounts add'.");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("MODEL", "CONTEXT", "OUTPUT", "SERVED BY");
        foreach (var model in models)
        {
            table.AddRow(
                Markup.Escape(model.Id),
                model.Facts.ContextWindow?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
                model.Facts.MaxOutputTokens?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
                Markup.Escape(string.Join(", ", model.Servers.Select(account => account.Label))));
        }

        AnsiConsole.Write(table);
        if (catalog is not null) Console.Out.WriteLine(Known(catalog));
    }

    /// <summary>Where what the table says comes from, in one line.</summary>
    private static string Known(CatalogView catalog)
    {
        var words = catalog.TakenAt is { } taken
            ? $"Facts from {catalog.Location}, taken {Moment(taken)}{(catalog.Dated is { } dated ? $", of {Moment(dated)}" : "")}."
            : $"Facts from the built-in table of {catalog.BuiltIn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.";
        return catalog.Error is null ? words : $"{words} {catalog.Location} cannot be used: {catalog.Error}";
    }

    private static string Moment(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
