# The five providers, played; for demonstrations and load, never for real money. Build from the root of the repository:
#   docker build -f ops/docker/simulator.Dockerfile -t reconciler-simulator .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY .editorconfig .editorconfig
COPY ops/build ops/build
COPY src src
RUN dotnet restore src/Reconciler.Simulator --locked-mode
RUN dotnet publish src/Reconciler.Simulator --configuration Release --no-restore --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# Where the connections file for the service is written; a volume mounted here takes over this owner.
RUN install -d -o "$APP_UID" -g "$APP_UID" -m 755 /demo
ENV ASPNETCORE_URLS=http://+:8090
EXPOSE 8090
USER $APP_UID
ENTRYPOINT ["dotnet", "Reconciler.Simulator.dll"]
