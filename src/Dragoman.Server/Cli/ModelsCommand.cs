using System.CommandLine;
using System.Globalization;
using System.Text;
using Dragoman.Gateway.Models;
using Dragoman.Server.Api;
using Dragoman.Wire.Json;
using Spectre.Console;

namespace Dragoman.Server.Cli;

/// <summary><c>dragoman models</c>: the models that clients may ask for.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var common = new ConfigOptions();
        var json = new Option<bool>("--json") { Description = "Prints JSON, as GET /v1/models does." };
        var command = new Command("models", "Lists the models that clients may ask for, and who serves them.") { common.Config, common.Data, json };
        command.SetAction(parsed =>
        {
            if (ConfigOptions.Load(parsed.GetValue(common.Config), parsed.GetValue(common.Data)) is not { } config) return ExitCodes.Configuration;
            var models = new Router(config, TimeProvider.System).VisibleModels();
            if (parsed.GetValue(json)) PrintJson(models);
            else PrintTable(models);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void PrintJson(IReadOnlyList<VisibleModel> models)
    {
        using var buffer = new PooledBuffer();
        var writer = JsonWriting.Rent(buffer);
        OpenAiModelList.Write(writer, models, forCodex: false);
        JsonWriting.Return(writer);
        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void PrintTable(IReadOnlyList<VisibleModel> models)
    {
        if (models.Count == 0)
        {
            Console.Out.WriteLine("No models: the configuration names no upstream that is enabled.");
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
    }
}
